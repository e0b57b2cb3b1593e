"""Six-fold estimate of a churn model, and how far it is from customers of the following month."""
import numpy as np
import keras
from keras import layers
from sklearn.model_selection import KFold

keras.utils.set_random_seed(21)
rng = np.random.default_rng(21)


def customers(n):
    x = rng.normal(size=(n, 16)).astype("float32")
    score = 1.6 * x[:, 0] - 1.2 * x[:, 1] + x[:, 2] * x[:, 3] + 0.8 * x[:, 4]
    return x, (score + 0.4 * rng.logistic(size=n) > 0).astype("float32")


x, y = customers(1500)
x_next, y_next = customers(3000)


def build():
    net = keras.Sequential([
        keras.Input((16,)),
        layers.Dense(64, activation="relu"),
        layers.Dense(64, activation="relu"),
        layers.Dense(1, activation="sigmoid"),
    ])
    net.compile(keras.optimizers.Adam(2e-3), "binary_crossentropy", metrics=["accuracy"])
    return net


gaps = []
model = build()
for fold, (tr, va) in enumerate(KFold(6, shuffle=True, random_state=0).split(x)):
    model.fit(x[tr], y[tr], validation_data=(x[va], y[va]), epochs=10, batch_size=50, verbose=0)
    acc = model.evaluate(x[va], y[va], verbose=0)[1]
    later = model.evaluate(x_next, y_next, batch_size=1000, verbose=0)[1]
    print(f"fold {fold}: accuracy {acc:.3f}, next month {later:.3f}")
    gaps.append(acc - later)
print("RESULT estimate_off_by", float(abs(np.mean(gaps))))
