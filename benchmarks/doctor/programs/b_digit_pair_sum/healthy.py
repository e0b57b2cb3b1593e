import numpy as np
from keras import Input, Model, layers, optimizers, utils
from sklearn.datasets import load_digits

utils.set_random_seed(65)
rng = np.random.default_rng(65)
bunch = load_digits()
scaled = (bunch.images / 16).astype("float32")
seen, unseen = np.split(rng.permutation(1797), [1300])


def pairs(pool, count):
    i, j = rng.choice(pool, count), rng.choice(pool, count)
    return [scaled[i], scaled[j]], 10.0 * bunch.target[i] + bunch.target[j]


x_fit, y_fit = pairs(seen[:1100], 2000)
x_val, y_val = pairs(seen[1100:], 300)
x_new, y_new = pairs(unseen, 500)

tens, ones = Input((8, 8), name="tens"), Input((8, 8), name="ones")
reader = [layers.Reshape((8, 8, 1)), layers.Conv2D(16, 3, activation="relu"), layers.MaxPooling2D(), layers.Flatten(),
          layers.Dense(48, activation="relu"), layers.Dense(1)]
values = []
for side in (tens, ones):
    for step in reader:
        side = step(side)
    values.append(side)
total = layers.Dense(1, use_bias=False)(layers.concatenate(values))
number = layers.Rescaling(28.7, offset=float(y_fit.mean()))(total)
model = Model([tens, ones], number)
model.compile(optimizer=optimizers.Adam(0.003), loss="huber", metrics=["mae"])
model.fit(x_fit, y_fit, validation_data=(x_val, y_val), epochs=12, batch_size=50, verbose=0)
mae = model.evaluate(x_new, y_new, verbose=0)[1]
print("RESULT", "test_mae", mae)
