import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(204)
rng = np.random.default_rng(204)
x = rng.uniform(-1, 1, (2400, 6)).astype("float32")
f = np.sin(3 * x[:, 0] * x[:, 1]) + np.abs(x[:, 2]) * x[:, 3] + x[:, 4] ** 2 - 0.5 * x[:, 5]
y = f + rng.normal(0, 0.1, len(f))
y = ((y - y[:1600].mean()) / y[:1600].std()).astype("float32")

inputs = keras.Input((6,))
h = layers.Dense(32)(inputs)
for block in range(6):
    r = layers.LayerNormalization()(h)
    r = layers.Dense(32, activation="gelu")(r)
    r = layers.Dense(32)(r)
    h = layers.Add()([h, r])
out = layers.Dense(1)(layers.LayerNormalization()(h))
model = keras.Model(inputs, out, name="tower")
model.compile(optimizer=keras.optimizers.AdamW(0.002, weight_decay=0.02), loss="mse",
              metrics=["mae"])
best = keras.callbacks.EarlyStopping(patience=8, restore_best_weights=True)
model.fit(x[:1600], y[:1600], validation_data=(x[1600:2000], y[1600:2000]),
          epochs=25, batch_size=64, callbacks=[best], verbose=0)
p = model.predict(x[2000:], verbose=0)[:, 0]
print("RESULT", "r2", float(1 - np.mean((p - y[2000:]) ** 2) / np.var(y[2000:])))
