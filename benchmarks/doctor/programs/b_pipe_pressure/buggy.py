import numpy as np
import tensorflow as tf

tf.random.set_seed(9)
rng = np.random.default_rng(9)
flow = rng.normal(size=(2000, 6)).astype("float32")
pascal = 101325 + 6000 * np.tanh(flow[:, 0] + flow[:, 1]) + 3500 * flow[:, 2] - 2500 * flow[:, 3] ** 2 + rng.normal(0, 400, 2000)

inp = tf.keras.layers.Input(shape=(6,))
x = tf.keras.layers.Dense(64, activation="relu")(inp)
x = tf.keras.layers.Dense(32, activation="relu")(x)
out = tf.keras.layers.Dense(1, activation="linear")(x)
model = tf.keras.models.Model(inputs=inp, outputs=out)
model.compile(optimizer=tf.keras.optimizers.Adam(learning_rate=0.001), loss="mean_squared_error", metrics=["accuracy"])
model.fit(flow[:1500], pascal[:1500], epochs=30, batch_size=32, validation_split=0.1, verbose=0)
pred = model.predict(flow[1500:], verbose=0).flatten()
true = pascal[1500:]
print("RESULT", "r2", float(1 - ((pred - true) ** 2).sum() / ((true - true.mean()) ** 2).sum()))
