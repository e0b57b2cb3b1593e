import numpy as np
from keras import Input, Model, layers, optimizers, utils

utils.set_random_seed(73)
rng = np.random.default_rng(73)
week = rng.integers(0, 52, 1500)
weekday = rng.integers(0, 7, 1500)
promo = rng.random(1500)
base = rng.normal(0, 1.2, 52)[week] * np.array([0.6, 0.2, 1.0, -0.8, 1.5, -1.0, 0.4])[weekday] + promo * (weekday - 3) / 2
orders = base + 0.15 * rng.normal(size=1500)
scale = orders[:1200].std()

w, d, p = Input((1,), dtype="int32"), Input((1,), dtype="int32"), Input((1,))
we = layers.Flatten()(layers.Embedding(52, 8)(w))
de = layers.Flatten()(layers.Embedding(7, 8)(d))
x = layers.Concatenate()([we, de, layers.Multiply()([we, de]), p])
x = layers.Dense(48, activation="relu")(x)
x = layers.Dropout(0.05)(x)
model = Model([w, d, p], layers.Dense(1)(x))
model.compile(optimizer=optimizers.Adam(0.01), loss="mse")
columns = [week[:, None], weekday[:, None], promo[:, None]]
model.fit([c[:1200] for c in columns], orders[:1200] / scale, epochs=25, batch_size=30, verbose=0)
told = model.predict([c[1200:] for c in columns], verbose=0)[:, 0] * scale
true = orders[1200:]
print("RESULT", "test_r2", float(1 - ((told - true) ** 2).mean() / true.var()))
