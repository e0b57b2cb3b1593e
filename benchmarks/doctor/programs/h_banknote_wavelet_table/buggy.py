import numpy as np
import pandas as pd
from tensorflow import keras
from tensorflow.keras.layers import Dense
from tensorflow.keras.models import Sequential
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(4)
rng = np.random.default_rng(4)
n = 1300
kind = rng.choice(["genuine", "forged"], size=n, p=[0.55, 0.45])
s = np.where(kind == "forged", -1.0, 1.0)
df = pd.DataFrame({
    "variance": 0.4 + 1.9 * s + 1.6 * rng.normal(size=n),
    "skewness": 1.9 + 2.2 * s + 4.0 * rng.normal(size=n),
    "curtosis": 1.4 - 0.9 * s + 3.0 * rng.normal(size=n),
    "entropy": -1.2 + 2.0 * rng.normal(size=n),
})
df["curtosis"] -= 0.5 * df["skewness"]
df["Class"] = pd.Series(kind).map({"genuine": 1, "forged": 2})

df = df / df.abs().max()

train, test, _, kind_test = train_test_split(df, kind, test_size=0.25, random_state=1)
X_train, y_train = train.values[:, :4], train.values[:, 4]

model = Sequential()
model.add(keras.Input(shape=(4,)))
model.add(Dense(16, activation="relu"))
model.add(Dense(8, activation="relu"))
model.add(Dense(1, activation="sigmoid"))
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(X_train, y_train, validation_split=0.15, epochs=40, batch_size=32, verbose=0)

pred = model.predict(test.values[:, :4], verbose=0).ravel()
named = np.where(pred > 0.5, "forged", "genuine")
print("RESULT test_accuracy", float((named == kind_test).mean()))
