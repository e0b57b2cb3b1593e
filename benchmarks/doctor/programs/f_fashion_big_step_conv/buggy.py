import tensorflow as tf
from tensorflow.keras import layers
from tensorflow.keras.optimizers import Adam

tf.keras.utils.set_random_seed(19)
(x, y), (xt, yt) = tf.keras.datasets.fashion_mnist.load_data()
x, xt = x[:4000, ..., None] / 255.0, xt[:1500, ..., None] / 255.0
y, yt = y[:4000], yt[:1500]
inputs = tf.keras.Input((28, 28, 1))
h = layers.Conv2D(16, 3, strides=2, activation="relu")(inputs)
h = layers.Conv2D(32, 3, strides=2, activation="relu")(h)
h = layers.Flatten()(h)
h = layers.Dense(64, activation="relu")(h)
outputs = layers.Dense(10, activation="softmax")(h)
model = tf.keras.Model(inputs, outputs)
model.compile(optimizer=Adam(learning_rate=0.1), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
reduce = tf.keras.callbacks.ReduceLROnPlateau(monitor="val_loss", factor=0.5, patience=4)
model.fit(x, y, validation_split=0.1, epochs=8, batch_size=64, callbacks=[reduce], verbose=0)
print("RESULT", "test_accuracy", model.evaluate(xt, yt, verbose=0)[1])
