import numpy as np
import keras
from keras import layers, ops
from sklearn.metrics import roc_auc_score

keras.utils.set_random_seed(58)
rng = np.random.default_rng(58)
n, a, months = 5000, 3800, 24
x = rng.normal(size=(n, 6)).astype("float32")
speed = np.exp(0.5 * x[:, 0] + 0.6 * np.abs(x[:, 1]) - 0.7 * x[:, 2] * (x[:, 3] > 0) - 0.6)
duration = np.ceil(rng.exponential(18 / speed)).astype(int)
censor = rng.integers(13, months + 1, n)
left = (duration <= censor).astype(int)
month = np.minimum(duration, censor)

index = np.arange(1, months + 1)
at_risk = (index <= month[:, None]).astype("float32")
event = ((index == month[:, None]) & (left[:, None] == 1)).astype("float32")
y = np.concatenate([event, at_risk], axis=1)

def hazard_loss(y_true, hazard):
    happened, mask = y_true[:, :months], y_true[:, months:]
    hazard = ops.clip(hazard, 1e-6, 1 - 1e-6)
    ll = happened * ops.log(hazard) + (1 - happened) * ops.log(1 - hazard)
    return -ops.sum(ll * mask, axis=1)

model = keras.Sequential([
    keras.Input((6,)),
    layers.Dense(32, activation="relu"),
    layers.Dropout(0.1),
    layers.Dense(16, activation="relu"),
    layers.Dense(months, activation="sigmoid", bias_initializer=keras.initializers.Constant(-3.0)),
])
model.compile(optimizer=keras.optimizers.Adam(0.002), loss=hazard_loss)
model.fit(x[:a], y[:a], epochs=30, batch_size=64, validation_split=0.15, verbose=0)
hazard = model.predict(x[a:], verbose=0)
gone12 = ((month[a:] <= 12) & (left[a:] == 1)).astype(int)
print("RESULT auc_12_months", roc_auc_score(gone12, 1 - np.prod(1 - hazard[:, :12], axis=1)))
