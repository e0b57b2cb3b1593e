import numpy as np
import keras
from keras import layers
from sklearn.preprocessing import StandardScaler
from sklearn.metrics import r2_score

keras.utils.set_random_seed(33)
rng = np.random.default_rng(33)
n = 2500
age = rng.normal(62, 16, n)
crp = rng.lognormal(3, 1, n)
creatinine = rng.lognormal(0, 0.4, n)
albumin = rng.normal(38, 5, n)
surgery = rng.integers(0, 2, n)
ward = rng.integers(0, 3, n)
log_days = (1.5 + 0.25 * np.sin((age - 40) / 9) + 0.3 * surgery * (np.log(crp) - 3) - 0.3 * (1 - surgery) * (albumin - 38) / 5
            + 0.3 * np.abs(np.log(creatinine)) + 0.2 * (ward == 1) * (age - 62) / 16 + rng.normal(0, 0.1, n))
log_cost = 8 + 0.4 * surgery + 0.3 * (ward == 2) + 0.25 * np.tanh(np.log(crp) - 3) - 0.02 * (albumin - 38) + rng.normal(0, 0.1, n)

blood = np.column_stack([age, np.log(crp), np.log(creatinine), albumin])
blood = StandardScaler().fit(blood[:2000]).transform(blood)
X = np.hstack([blood, surgery[:, None], np.eye(3)[ward]]).astype("float32")
y = np.column_stack([log_days, log_cost])
y = (y - y[:2000].mean(axis=0)) / y[:2000].std(axis=0)

model = keras.Sequential([
    keras.Input(shape=(8,)),
    layers.Dense(64, activation="relu"),
    layers.Dense(24, activation="relu", name="middle"),
    layers.Dense(64, activation="relu"),
    layers.Dense(2),
])
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mse", metrics=["mae"])
model.fit(X[:2000], y[:2000], batch_size=32, epochs=45, validation_split=0.1, verbose=0)
print("RESULT r2", r2_score(y[2000:], model.predict(X[2000:], verbose=0)))
