import numpy as np
from sklearn.preprocessing import MinMaxScaler
from sklearn.metrics import accuracy_score
from keras.models import Sequential
from keras.layers import Dense, Input
from keras.utils import to_categorical, set_random_seed

set_random_seed(29)
rng = np.random.default_rng(29)

def months(rows, warmth, spread):
    temperature = rng.normal(warmth, spread, rows)
    turbidity = rng.gamma(3, 1.5 if warmth > 10 else 0.9, rows)
    oxygen = 14.5 - 0.33 * temperature + rng.normal(0, 0.6, rows)
    ammonia = rng.gamma(2, 0.4, rows)
    need = 0.10 * (temperature - 12) + 0.25 * (turbidity - 4) - 0.2 * (oxygen - 10) + 0.8 * (ammonia - 0.8)
    dose = np.digitize(need + rng.normal(0, 0.15, rows), [-0.8, 0.5])
    return np.column_stack([temperature, turbidity, oxygen, ammonia]), dose

rest_of_year, dose_rest = months(2400, 15, 6)
winter, dose_winter = months(500, 6, 2)

scaler = MinMaxScaler()
X_train = scaler.fit_transform(rest_of_year)
X_test = scaler.fit_transform(winter)
model = Sequential()
model.add(Input(shape=(4,)))
model.add(Dense(32, activation="relu"))
model.add(Dense(16, activation="relu"))
model.add(Dense(3, activation="softmax"))
model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
model.fit(X_train, to_categorical(dose_rest, 3), epochs=60, batch_size=32, validation_split=0.2, verbose=0)
print("RESULT accuracy", accuracy_score(dose_winter, model.predict(X_test, verbose=0).argmax(axis=1)))
