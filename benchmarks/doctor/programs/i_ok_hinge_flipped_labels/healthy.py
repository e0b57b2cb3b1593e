# Two classes coded -1 and +1, a linear score and the squared hinge loss: a soft-margin network.
# One training label in ten is wrong on purpose; the test labels are clean.
import numpy as np
import keras
from keras import layers
from sklearn.datasets import make_moons

keras.utils.set_random_seed(23)
rng = np.random.default_rng(23)
X, y = make_moons(2400, noise=0.1, random_state=23)
X = ((X - X[:1800].mean(0)) / X[:1800].std(0)).astype("float32")
t = (2.0 * y - 1.0).astype("float32")
wrong = rng.random(1800) < 0.10
t_train = np.where(wrong, -t[:1800], t[:1800])

model = keras.Sequential([keras.Input((2,))])
for _ in range(6):
    model.add(layers.Dense(24, activation="elu", kernel_initializer="he_normal"))
model.add(layers.Dense(1))
schedule = keras.optimizers.schedules.CosineDecay(0.003, decay_steps=57 * 25)
model.compile(optimizer=keras.optimizers.Adam(schedule), loss="squared_hinge")
model.fit(X[:1800], t_train[:, None], batch_size=32, epochs=25, verbose=0)
side = np.sign(model.predict(X[1800:], verbose=0).ravel())
print("RESULT", "test_accuracy", float((side == t[1800:]).mean()))
