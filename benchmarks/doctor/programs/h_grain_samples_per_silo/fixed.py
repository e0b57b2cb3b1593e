import numpy as np
import keras
from keras.layers import Dense, Input, LeakyReLU
from keras.models import Model
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(14)
rng = np.random.default_rng(14)
n_silos, per_silo = 60, 50
moisture = rng.uniform(9, 19, n_silos)
silo = np.repeat(np.arange(n_silos), per_silo)
water = moisture[silo] + rng.normal(0, 0.6, silo.size)
temp = rng.normal(18, 5, silo.size)
protein = rng.normal(11.5, 1.2, silo.size)
co2 = 420 + 60 * (water - 12) + rng.normal(0, 80, silo.size)
table = np.column_stack([water, temp, protein, co2])
risk = (water - 13) / 2 + (temp - 18) / 8 + rng.normal(0, 0.3, silo.size)
grade = np.digitize(risk, [-0.4, 0.9])          # 0 dry, 1 watch, 2 wet
train = silo < 45

scaler = StandardScaler()
x_train = scaler.fit_transform(table[train])
inp = Input(shape=(4,))
h = LeakyReLU()(Dense(24)(inp))
h = LeakyReLU()(Dense(24)(h))
model = Model(inp, Dense(3, activation="softmax")(h))
model.compile("adam", loss="sparse_categorical_crossentropy", metrics=["sparse_categorical_accuracy"])
model.fit(x_train, grade[train], epochs=20, batch_size=32, validation_split=0.1, verbose=0)


def predict_silo(rows):
    x = scaler.transform(rows)
    return model.predict(x, verbose=0).argmax(-1)


hits = [predict_silo(table[silo == s]) == grade[silo == s] for s in range(45, n_silos)]
print("RESULT", "test_accuracy", float(np.mean(hits)))
