import numpy as np
import tensorflow as tf
from tensorflow.keras import layers, regularizers

tf.random.set_seed(6)
np.random.seed(6)
K, n = 5, 3500
centres = np.random.normal(0, 1.2, (K, 2, 9))
true = np.random.randint(0, K, n)
x = centres[true, np.random.randint(0, 2, n)] + np.random.normal(0, 0.8, (n, 9))
x = ((x - x[:2500].mean(0)) / x[:2500].std(0)).astype("float32")
given = true[:2500].copy()
wrong = np.random.rand(2500) < 0.3
given[wrong] = np.random.randint(0, K, wrong.sum())

inputs = tf.keras.Input(shape=(9,))
h = layers.Dense(32, activation="relu", kernel_regularizer=regularizers.l2(2e-3))(inputs)
h = layers.Dropout(0.4)(h)
h = layers.Dense(32, activation="relu", kernel_regularizer=regularizers.l2(2e-3))(h)
h = layers.Dropout(0.4)(h)
logits = layers.Dense(K)(h)
model = tf.keras.Model(inputs, logits)
model.compile(optimizer=tf.keras.optimizers.Adam(2e-3),
              loss=tf.keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1),
              metrics=["accuracy"])
model.fit(x[:2500], tf.keras.utils.to_categorical(given, K), epochs=40, batch_size=64, validation_split=0.2, verbose=0)
print("RESULT true_accuracy", (model.predict(x[2500:], verbose=0).argmax(axis=1) == true[2500:]).mean())
