"""How many visits to the emergency ward in a year?  A count, from the person and from the district."""
import os
import tempfile
import numpy as np
import keras
from keras import layers
from sklearn.metrics import d2_tweedie_score

keras.utils.set_random_seed(8)
rng = np.random.default_rng(8)

n = 7000
age = rng.uniform(1, 95, n)
bmi = rng.normal(26, 4.5, n)
sysbp = rng.normal(128, 16, n)
chronic = rng.poisson(1.1, n)
income = rng.normal(38000, 9000, n)              # of the district
km = rng.exponential(9000, n)                    # metres to the ward
density = rng.lognormal(6.5, 0.8, n)
lam = np.exp(0.1 + 0.35 * chronic + 0.9 * ((age - 48) / 47) ** 2 + 0.25 * (bmi - 26) / 4.5
             - 0.3 * (income - 38000) / 9000 - 0.25 * np.minimum(km / 9000, 3))
visits = rng.poisson(lam).astype("float32")
person = np.column_stack([age, bmi, sysbp, chronic]).astype("float32")
district = np.column_stack([income, km, density]).astype("float32")
tr, va, te = np.split(rng.permutation(n), [5000, 5800])

scale_p, scale_d = layers.Normalization(name="scale_person"), layers.Normalization(name="scale_district")
scale_p.adapt(person[tr])
scale_d.adapt(district[tr])
a, b = keras.Input((4,), name="person"), keras.Input((3,), name="district")
h = layers.Concatenate()([layers.Dense(24, activation="tanh")(scale_p(a)),
                          layers.Dense(12, activation="tanh")(scale_d(b))])
h = layers.Dense(16, activation="tanh")(h)
rate = layers.Dense(1, activation="exponential", name="visits")(h)
model = keras.Model([a, b], rate)
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=keras.losses.Poisson())

best = os.path.join(tempfile.mkdtemp(), "best.weights.h5")
model.fit([person[tr], district[tr]], visits[tr], epochs=25, batch_size=64, verbose=0,
          validation_data=([person[va], district[va]], visits[va]),
          callbacks=[keras.callbacks.ModelCheckpoint(best, save_best_only=True, save_weights_only=True),
                     keras.callbacks.EarlyStopping(patience=5)])
model.load_weights(best)
p = model.predict([person[te], district[te]], verbose=0).ravel()
print("RESULT", "deviance_explained", float(d2_tweedie_score(visits[te], p, power=1)))
