import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(310)
rng = np.random.default_rng(310)
cement = rng.uniform(100, 540, 1030)
water = rng.uniform(120, 250, 1030)
slag = rng.choice([0, 20, 95, 190, 250], 1030)
days = rng.choice([3, 7, 14, 28, 56, 90, 180], 1030)
strength = 11 * np.log(days) * (cement + 0.6 * slag) / (water * 1.6) + 6 + rng.normal(0, 3, 1030)
mix = np.column_stack([cement, water, slag, days]).astype("float32")
mpa = strength.astype("float32")[:, None]
fit, val, test = np.split(rng.permutation(1030), [700, 830])
middle, spread = mpa[fit].mean(), mpa[fit].std()

x = keras.Input((4,), name="mix")
z = layers.BatchNormalization()(x)
z = layers.Dense(40, activation="tanh")(z)
z = layers.Dense(20, activation="tanh")(z)
y = layers.Dense(1, name="strength")(z)
net = keras.Model(x, y)
net.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse")
slower = keras.callbacks.ReduceLROnPlateau(monitor="val_loss", factor=0.5, patience=5)
net.fit(mix[fit], (mpa[fit] - middle) / spread, epochs=50, batch_size=50, verbose=0,
        validation_data=(mix[val], (mpa[val] - middle) / spread), callbacks=[slower])
guess = net.predict(mix[test], verbose=0) * spread + middle
print("RESULT", "rmse_mpa", float(np.sqrt(np.mean((guess - mpa[test]) ** 2))))
