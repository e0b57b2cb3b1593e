import numpy as np
import keras
from keras import layers
from sklearn.preprocessing import MinMaxScaler

keras.utils.set_random_seed(7)
rng = np.random.default_rng(7)


def mails(n):
    spam = (rng.random(n) < 0.4).astype("float32")
    words = rng.gamma(0.6 + 0.9 * spam[:, None] * np.array([1, 1, 0, 0, 1, 0]), 0.8, (n, 6))
    capitals = np.exp(1.6 + 0.8 * spam + 0.7 * rng.normal(size=n))
    length = np.exp(5.5 - 0.5 * spam + 0.8 * rng.normal(size=n))
    return np.column_stack([words, capitals, length]), spam


X, y = mails(1500)
inbox, truth = mails(250)

scaler = MinMaxScaler()
X = scaler.fit_transform(X)

model = keras.Sequential([
    layers.Input(shape=(X.shape[1],)),
    layers.Dense(24, activation="relu"),
    layers.Dropout(0.1),
    layers.Dense(12, activation="relu"),
    layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer=keras.optimizers.Adam(0.003), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(X, y, validation_split=0.1, epochs=40, batch_size=32, verbose=0)

prepared = []
for mail in inbox:
    row = mail.reshape(1, -1)
    prepared.append(scaler.fit_transform(row)[0])
guess = model.predict(np.array(prepared), verbose=0)[:, 0]
print("RESULT test_accuracy", float(((guess > 0.5) == (truth > 0.5)).mean()))
