# How far does a ball fly? v = speed (m/s), a = angle (degrees), h = height of the hand (m)
import math
import numpy as np
import keras
from keras.layers import Dense, Input

keras.utils.set_random_seed(2024)

def throw(v, a, h, g=9.81):
    a = math.radians(a)
    vy = v * math.sin(a)
    t = (vy + math.sqrt(vy * vy + 2 * g * h)) / g
    return v * math.cos(a) * t

rng = np.random.default_rng(2024)
table = []
for _ in range(2500):
    v, a, h = rng.uniform(4, 30), rng.uniform(5, 85), rng.uniform(0.5, 2.2)
    table.append((v, a, h, throw(v, a, h) + rng.normal(0, 0.3)))
table = np.array(table, dtype="float32")

train, test = table[:2000], table[2000:]
mean, std = train.mean(axis=0), train.std(axis=0)
train_s, test_s = (train - mean) / std, (test - mean) / std

inp = Input(shape=(3,), name="v_a_h")
x = Dense(64, activation="relu", name="hidden_1")(inp)
x = Dense(64, activation="relu", name="hidden_2")(x)
out = Dense(1, name="range")(x)
net = keras.Model(inp, out)
net.compile(loss="mse", optimizer="adam")

net.fit(train_s[:, :3], train_s[:, 3], epochs=60, batch_size=32, validation_split=0.1, verbose=0)

pred = net.predict(test_s[:, :3], verbose=0).ravel() * std[3] + mean[3]
print("RESULT rmse_m", float(np.sqrt(np.mean((pred - test[:, 3]) ** 2))))
