"""A teacher on MNIST, and a small student that never sees a label: it only imitates the teacher's soft answers."""
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(63)
TEMPERATURE = 3.0
(x, y), (x_test, y_test) = keras.datasets.mnist.load_data()
x, y = x[:10000, ..., None].astype("float32") / 255, y[:10000]
x_test, y_test = x_test[:2000, ..., None].astype("float32") / 255, y_test[:2000]

teacher = keras.Sequential([
    keras.Input((28, 28, 1)),
    layers.Conv2D(16, 3, strides=2, activation="relu"),
    layers.Conv2D(32, 3, strides=2, activation="relu"),
    layers.Flatten(),
    layers.Dropout(0.3),
    layers.Dense(10),
])
teacher.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
teacher.fit(x[:9000], y[:9000], validation_data=(x[9000:], y[9000:]), epochs=6, batch_size=64, verbose=0)

logits = teacher.predict(x, verbose=0)
soft = np.array(ops.softmax(logits / TEMPERATURE))


def imitate(target, student_logits):
    q = ops.log_softmax(student_logits / TEMPERATURE)
    return -TEMPERATURE**2 * ops.sum(target * q, axis=-1)


student = keras.Sequential([
    keras.Input((28, 28, 1)),
    layers.Flatten(),
    layers.Dense(64, activation="relu"),
    layers.Dense(10),
])
student.compile(keras.optimizers.Adam(2e-3), loss=imitate)
student.fit(x[:9000], soft[:9000], validation_data=(x[9000:], soft[9000:]), epochs=10, batch_size=64, verbose=0)
found = student.predict(x_test, verbose=0).argmax(axis=1)
print("RESULT accuracy", float((found == y_test).mean()))
