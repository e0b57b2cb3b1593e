import numpy as np
import keras
from keras import layers, regularizers
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(7)
rng = np.random.default_rng(7)
n = 1500
glucose = rng.normal(121, 31, n)
bmi = rng.normal(32, 7, n)
age = 21 + rng.gamma(1.6, 8, n)
other = rng.normal(size=(n, 4)) * [3.4, 19, 16, 0.3] + [3.8, 69, 20, 0.5]
g, b, a = (glucose - 121) / 31, (bmi - 32) / 7, (age - 34) / 10
logit = 1.6 * g + 0.9 * b - 0.7 * a * a + 1.2 * a * b - 0.2
outcome = (rng.random(n) < 1 / (1 + np.exp(-2 * logit))).astype("int32")
X = np.column_stack([glucose, bmi, age, other])

X_train, X_test, y_train, y_test = train_test_split(X, outcome, test_size=0.3, stratify=outcome, random_state=0)
X_train, X_val, y_train, y_val = train_test_split(X_train, y_train, test_size=0.2, random_state=0)
scaler = StandardScaler()
X_train = scaler.fit_transform(X_train)
X_val, X_test = scaler.transform(X_val), scaler.transform(X_test)

model = keras.Sequential([
    keras.Input((7,)),
    layers.Dense(12, activation="relu", kernel_regularizer=regularizers.l2(1e-3)),
    layers.Dense(8, activation="relu", kernel_regularizer=regularizers.l2(1e-3)),
    layers.Dense(1, activation="sigmoid"),
])
model.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(0.005), metrics=["accuracy"])
model.fit(X_train, y_train, validation_data=(X_val, y_val), epochs=60, batch_size=16, verbose=0,
          callbacks=[keras.callbacks.ReduceLROnPlateau(patience=6),
                     keras.callbacks.EarlyStopping(patience=14, restore_best_weights=True)])
print("RESULT", "test_accuracy", model.evaluate(X_test, y_test, verbose=0)[1])
