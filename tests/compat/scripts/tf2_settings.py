"""What programs do before they begin: GPUs, memory growth, logging, seeds, strategies."""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import tensorflow as tf
from tensorflow.python.client import device_lib

tf.get_logger().setLevel("ERROR")
tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.ERROR)
gpus = tf.config.list_physical_devices("GPU")
for gpu in tf.config.experimental.list_physical_devices("GPU"):
    tf.config.experimental.set_memory_growth(gpu, True)
assert len(gpus) == 0 and len(tf.config.list_physical_devices("CPU")) >= 1
assert not tf.test.is_gpu_available()
assert device_lib.list_local_devices()
config = tf.compat.v1.ConfigProto(allow_soft_placement=True)
config.gpu_options.allow_growth = True
session = tf.compat.v1.Session(config=config)
tf.compat.v1.keras.backend.set_session(session)
tf.keras.backend.clear_session()
tf.compat.v1.set_random_seed(3)
tf.random.set_seed(3)
tf.keras.utils.set_random_seed(3)
strategy = tf.distribute.MirroredStrategy()
with strategy.scope(), tf.device("/CPU:0"):
    model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(2,))])
    model.compile("sgd", "mse")
assert strategy.num_replicas_in_sync == 1 and model.count_params() == 3
tf.debugging.assert_equal(tf.constant([1]), tf.constant([1]))
try:
    tf.debugging.assert_equal(tf.constant([1]), tf.constant([2]))
except tf.errors.InvalidArgumentError:
    pass
else:
    raise AssertionError


@tf.function
def double(x):
    return 2 * x


assert double(tf.constant(2)).numpy() == 4
