import tensorflow as tf
import numpy as np

tf.random.set_seed(41)
(x_train, y_train), (x_test, y_test) = tf.keras.datasets.fashion_mnist.load_data()
x_train, y_train = x_train[:4000] / 255.0, y_train[:4000]
x_test, y_test = x_test[:1000] / 255.0, y_test[:1000]

model = tf.keras.models.Sequential([
    tf.keras.layers.Flatten(input_shape=(28, 28)),
    tf.keras.layers.Dense(128, activation='relu'),
    tf.keras.layers.Dense(10)
])
loss_fn = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
model.compile(optimizer=tf.keras.optimizers.SGD(learning_rate=0.05), loss=loss_fn, metrics=['accuracy'])
model.fit(x_train, y_train, epochs=10, batch_size=32, verbose=0)
print('RESULT', 'test_accuracy', model.evaluate(x_test, y_test, verbose=0)[1])
