import numpy as np
from keras import Model, Sequential, layers, ops, utils
from sklearn.datasets import load_digits

utils.set_random_seed(55)
rng = np.random.default_rng(55)
x, t = load_digits(return_X_y=True)
x = (x / 16).astype("float32")
where = rng.permutation(len(x))


def couples(rows, count):
    one = rng.choice(rows, count)
    other = rng.choice(rows, count)
    by_digit = [rows[t[rows] == d] for d in range(10)]
    for k in range(0, count, 2):
        other[k] = rng.choice(by_digit[t[one[k]]])
    return (x[one], x[other]), (t[one] == t[other]).astype("float32")


learn, check, final = couples(where[:1200], 3000), couples(where[1200:1400], 400), couples(where[1400:], 600)

tower = Sequential([layers.Dense(96, activation="relu"), layers.Dense(32)])
a, b = layers.Input((64,)), layers.Input((64,))
gap = layers.Lambda(lambda p: ops.square(p[0] - p[1]))([tower(a), tower(b)])
same = layers.Dense(1, activation="sigmoid")(gap)
siamese = Model([a, b], same)
siamese.compile("adam", "binary_crossentropy", metrics=["accuracy"])
siamese.fit(list(learn[0]), learn[1], validation_data=(list(check[0]), check[1]), epochs=8, batch_size=32, verbose=0)
print("RESULT", "pair_accuracy", siamese.evaluate(list(final[0]), final[1], verbose=0)[1])
