import numpy as np
from tensorflow import keras
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(42)
rng = np.random.default_rng(42)
n = 5000
income = rng.gamma(4, 0.97, n)
age = rng.uniform(1, 52, n)
lat, lon = rng.uniform(32.5, 42, n), rng.uniform(-124, -114.5, n)
rooms, occup = rng.normal(5.4, 1.1, n), rng.gamma(6, 0.5, n)
coast = np.exp(-np.abs(lon + 124 - (42 - lat) * 0.75) / 1.5)
value = 0.42 * income + 1.6 * coast * (income > 2.5) - 0.25 * np.log(occup) + 0.006 * age + rng.normal(0, 0.3, n)
X = np.column_stack([income, age, rooms, occup, lat, lon])

X_train_full, X_test, y_train_full, y_test = train_test_split(X, value, random_state=42)
X_train, X_valid, y_train, y_valid = train_test_split(X_train_full, y_train_full, random_state=42)
scaler = StandardScaler()
X_train = scaler.fit_transform(X_train)
X_valid = scaler.transform(X_valid)
X_test = scaler.transform(X_test)

input_A = keras.layers.Input(shape=[3], name="wide_input")
input_B = keras.layers.Input(shape=[6], name="deep_input")
hidden1 = keras.layers.Dense(30, activation="relu")(input_B)
hidden2 = keras.layers.Dense(30, activation="relu")(hidden1)
concat = keras.layers.concatenate([input_A, hidden2])
output = keras.layers.Dense(1, name="output")(concat)
model = keras.models.Model(inputs=[input_A, input_B], outputs=[output])

model.compile(loss="mse", optimizer=keras.optimizers.SGD(learning_rate=0.05))
model.fit((X_train[:, :3], X_train), y_train, epochs=30,
          validation_data=((X_valid[:, :3], X_valid), y_valid), verbose=0)
print("RESULT test_mse", float(model.evaluate((X_test[:, :3], X_test), y_test, verbose=0)))
