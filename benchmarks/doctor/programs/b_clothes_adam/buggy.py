import numpy as np
import tensorflow as tf
from tensorflow.keras import layers, models

tf.keras.utils.set_random_seed(5)
(train_images, train_labels), (test_images, test_labels) = tf.keras.datasets.fashion_mnist.load_data()
train_images = train_images[:4000, ..., None] / 255.0
test_images = test_images[:1500, ..., None] / 255.0
train_labels, test_labels = train_labels[:4000], test_labels[:1500]

model = models.Sequential()
model.add(layers.Conv2D(16, (3, 3), strides=2, activation="relu", input_shape=(28, 28, 1)))
model.add(layers.MaxPooling2D((2, 2)))
model.add(layers.Conv2D(32, (3, 3), activation="relu"))
model.add(layers.Flatten())
model.add(layers.Dense(64, activation="relu"))
model.add(layers.Dense(32, activation="relu"))
model.add(layers.Dense(10, activation="softmax"))
model.compile(optimizer=tf.keras.optimizers.Adam(learning_rate=0.08),
              loss="sparse_categorical_crossentropy",
              metrics=["accuracy"])
history = model.fit(train_images, train_labels, epochs=12, batch_size=64, validation_split=0.1, verbose=0)
test_loss, test_acc = model.evaluate(test_images, test_labels, verbose=0)
print("RESULT", "test_accuracy", test_acc)
