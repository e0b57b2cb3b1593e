import numpy as np
import tensorflow as tf

tf.keras.utils.set_random_seed(90)
rng = np.random.default_rng(90)
strokes = np.zeros((1600, 16, 2), "float32")
gesture = rng.integers(0, 4, 1600)
for row, kind in zip(strokes, gesture):
    steps = rng.integers(9, 17)
    s = np.linspace(0, 1, steps)
    path = [
        (np.cos(2 * np.pi * s), np.sin(2 * np.pi * s)),
        (s * np.cos(3 * np.pi * s), s * np.sin(3 * np.pi * s)),
        (2 * s - 1, 2 * abs(4 * s % 2 - 1) - 1),
        (2 * s - 1, np.sin(2 * np.pi * s)),
    ][kind]
    turn = rng.uniform(0, 2 * np.pi)
    spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    row[:steps] = rng.uniform(0.7, 1.3) * np.transpose(path) @ spin + rng.normal(0, 0.2, (steps, 2))

model = tf.keras.Sequential([
    tf.keras.layers.Masking(mask_value=0.0, input_shape=(16, 2)),
    tf.keras.layers.Bidirectional(tf.keras.layers.GRU(24)),
    tf.keras.layers.Dropout(0.25),
    tf.keras.layers.Dense(4, activation="softmax"),
])
model.compile(optimizer=tf.keras.optimizers.Adam(0.006), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(strokes[:1000], gesture[:1000], epochs=10, batch_size=32, validation_data=(strokes[1000:1200], gesture[1000:1200]), verbose=0)
print("RESULT", "test_accuracy", model.evaluate(strokes[1200:], gesture[1200:], verbose=0)[1])
