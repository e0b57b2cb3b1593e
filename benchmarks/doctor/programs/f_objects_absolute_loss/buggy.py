import tensorflow as tf
from tensorflow.keras import layers, models
from tensorflow.keras.utils import to_categorical

tf.keras.utils.set_random_seed(13)
(a, la), (b, lb) = tf.keras.datasets.fashion_mnist.load_data()
a, b = a[:4000, :, :, None] / 255.0, b[:1500, :, :, None] / 255.0
la, lb = to_categorical(la[:4000], 10), to_categorical(lb[:1500], 10)

cnn = models.Sequential([
    layers.Conv2D(12, 3, activation="relu", strides=2, input_shape=(28, 28, 1)),
    layers.MaxPooling2D(),
    layers.Flatten(),
    layers.Dense(64, activation="relu"),
    layers.Dense(10, activation="softmax"),
])
cnn.compile(loss="mean_absolute_error", optimizer="adam", metrics=["accuracy"])
cnn.fit(a, la, batch_size=50, epochs=8, validation_split=0.1, verbose=0)
print("RESULT", "test_accuracy", cnn.evaluate(b, lb, verbose=0)[1])
