import numpy as np
import tensorflow as tf

tf.keras.utils.set_random_seed(33)
fashion_mnist = tf.keras.datasets.fashion_mnist
(train_images, train_labels), (test_images, test_labels) = fashion_mnist.load_data()
train_images, train_labels = train_images[:6000] / 255.0, train_labels[:6000]
test_images, test_labels = test_images[:1000] / 255.0, test_labels[:1000]

model = tf.keras.Sequential([
    tf.keras.layers.Flatten(input_shape=(28, 28)),
    tf.keras.layers.Dense(128, activation='relu'),
    tf.keras.layers.Dense(10)
])

model.compile(optimizer='adam',
              loss='sparse_categorical_crossentropy',
              metrics=['accuracy'])

model.fit(train_images, train_labels, epochs=8, verbose=0)
test_loss, test_acc = model.evaluate(test_images, test_labels, verbose=0)
print('RESULT test_accuracy', test_acc)
