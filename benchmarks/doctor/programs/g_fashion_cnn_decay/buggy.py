import numpy as np
import tensorflow as tf
from tensorflow.keras import layers, models, callbacks
from tensorflow.keras.optimizers.schedules import ExponentialDecay

tf.keras.utils.set_random_seed(3)
(train_images, train_labels), (test_images, test_labels) = tf.keras.datasets.fashion_mnist.load_data()
train_images = train_images[:3600, ..., np.newaxis] / 255.0
train_labels = train_labels[:3600]
test_images = test_images[:1000, ..., np.newaxis] / 255.0
test_labels = test_labels[:1000]

lr_schedule = ExponentialDecay(initial_learning_rate=0.002, decay_steps=8, decay_rate=0.5, staircase=True)

inputs = layers.Input(shape=(28, 28, 1))
h = layers.Conv2D(12, 3, activation='relu')(inputs)
h = layers.MaxPooling2D()(h)
h = layers.Conv2D(24, 3, activation='relu')(h)
h = layers.MaxPooling2D()(h)
h = layers.Flatten()(h)
h = layers.Dense(48, activation='relu')(h)
outputs = layers.Dense(10, activation='softmax')(h)
model = models.Model(inputs, outputs)

model.compile(optimizer=tf.keras.optimizers.Adam(learning_rate=lr_schedule),
              loss='sparse_categorical_crossentropy', metrics=['accuracy'])
stop = callbacks.EarlyStopping(monitor='val_loss', patience=3, restore_best_weights=True)
model.fit(train_images, train_labels, epochs=8, batch_size=32,
          validation_split=0.15, callbacks=[stop], verbose=0)
loss, acc = model.evaluate(test_images, test_labels, verbose=0)
print("RESULT test_accuracy %.4f" % acc)
