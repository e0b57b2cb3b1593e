import numpy as np
from tensorflow import keras
from tensorflow.keras import layers
from sklearn.metrics import r2_score

keras.utils.set_random_seed(62)
rng = np.random.default_rng(62)
n = 3000
x = rng.uniform(-1.7, 1.7, (n, 5)).astype("float32")
regime = (x[:, 0] > 0.6).astype(int) + (x[:, 1] + x[:, 0] > 0).astype(int)
slopes = np.array([[0.5, -1.0, 2.0, 0.0, 0.3], [-0.5, 0.4, -1.5, 1.0, 0.0], [1.0, 0.0, 0.5, -2.0, 1.0]])
y = (x * slopes[regime]).sum(1) + rng.normal(0, 0.15, n)
y = (y - y[:2300].mean()) / y[:2300].std()

inputs = keras.Input(shape=(5,))
gate = layers.Dense(24, activation="relu")(inputs)
gate = layers.Dense(4, activation="softmax", name="gate")(gate)
experts = layers.Dense(4, name="linear_experts")(inputs)
outputs = layers.Dot(axes=1)([gate, experts])
model = keras.Model(inputs, outputs)
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse", metrics=["mae"])
model.fit(x[:2300], y[:2300], epochs=50, batch_size=64, validation_split=0.1, verbose=0)
print("RESULT r2", r2_score(y[2300:], model.predict(x[2300:], verbose=0).ravel()))
