import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

keras.utils.set_random_seed(5)
rng = np.random.default_rng(5)
N = 3000
job = rng.integers(0, 14, N)
state = rng.integers(0, 9, N)
num = rng.normal(size=(N, 4)).astype("float32")
job_pay = rng.normal(0, 1.2, 14)
score = job_pay[job] + np.sin(state) + num[:, 0] * (state % 2 * 2 - 1) + 0.7 * num[:, 1]
band = np.digitize(score + rng.normal(0, 0.2, N), [-1.5, 0.0, 1.5])
band = keras.utils.to_categorical(band, 4)

a = keras.Input((1,), name="job", dtype="int32")
b = keras.Input((1,), name="state", dtype="int32")
c = keras.Input((4,), name="numbers")
ea = layers.Flatten()(layers.Embedding(14, 6)(a))
eb = layers.Flatten()(layers.Embedding(9, 4)(b))
h = layers.Concatenate()([ea, eb, c])
h = layers.Dense(64, activation="relu")(h)
h = layers.Dense(32, activation="relu")(h)
o = layers.Dense(4, activation="softmax")(h)
model = keras.Model([a, b, c], o)
model.compile("adam", loss="categorical_crossentropy", metrics=["accuracy"])

cut = 2400
tr = [job[:cut, None], state[:cut, None], num[:cut]]
te = [job[cut:, None], state[cut:, None], num[cut:]]
model.fit(tr, band[:cut], validation_split=0.15, epochs=25, batch_size=32, verbose=0)
print("RESULT", "test_accuracy", model.evaluate(te, band[cut:], verbose=0)[1])
