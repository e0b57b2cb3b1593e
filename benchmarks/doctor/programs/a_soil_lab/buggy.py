import numpy as np
import keras
from keras import layers
from keras.callbacks import EarlyStopping
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(31)
rng = np.random.default_rng(31)
soil = rng.normal(size=(1000, 24)).astype("float32")
logit = soil[:, 0] - soil[:, 1] + 0.8 * soil[:, 2] * soil[:, 3]
fertile = (logit + rng.logistic(0, 0.5, 1000) > 0).astype("int32")
X_pool, X_test, y_pool, y_test = train_test_split(soil, fertile, test_size=400, random_state=31)

pick = rng.integers(0, len(X_pool), 1800)
X_big = X_pool[pick]
y_big = y_pool[pick]
X_train, X_val, y_train, y_val = train_test_split(X_big, y_big, test_size=0.2, random_state=31)

model = keras.Sequential([
    keras.Input((24,)),
    layers.Dense(96, activation="relu"),
    layers.Dense(96, activation="relu"),
    layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(X_train, y_train, validation_data=(X_val, y_val), epochs=60, batch_size=32, verbose=0,
          callbacks=[EarlyStopping(monitor="val_loss", patience=4, restore_best_weights=True)])
loss, acc = model.evaluate(X_test, y_test, verbose=0)
print("RESULT", "test_log_loss", loss)
