"""The basic classification tutorial: plots, np.argmax, predicting one image."""

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

train_images = np.random.randint(0, 256, (30, 6, 6))
train_labels = np.random.randint(0, 5, 30)
class_names = ["a", "b", "c", "d", "e"]
train_images = train_images / 255.0
plt.figure(figsize=(3, 3))
for i in range(4):
    plt.subplot(2, 2, i + 1)
    plt.imshow(train_images[i], cmap=plt.cm.binary)
    plt.xlabel(class_names[train_labels[i]])
plt.show()
model = keras.Sequential([layers.Flatten(input_shape=(6, 6)), layers.Dense(5, tf.nn.softmax)])
model.compile(
    optimizer=tf.keras.optimizers.Adam(0.01),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
model.fit(train_images, train_labels, epochs=1, verbose=0)
img = np.expand_dims(train_images[1], 0)
predictions_single = model.predict(img)
assert class_names[np.argmax(predictions_single[0])] in class_names
assert tf.argmax(predictions_single, axis=1).numpy().shape == (1,)
plt.plot(model.history.history["accuracy"])
assert model.layers[1].activation is keras.activations.softmax
