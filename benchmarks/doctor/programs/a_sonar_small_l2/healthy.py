import numpy as np
from tensorflow import keras
from tensorflow.keras import layers, regularizers
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(16)
rng = np.random.default_rng(16)
n = 1000
hidden = rng.normal(size=(n, 4))
bands = hidden @ rng.normal(size=(4, 40)) * 0.6 + rng.normal(0, 0.6, (n, 40))
mine = (np.abs(hidden[:, 0]) + 0.8 * hidden[:, 1] + 0.15 * rng.normal(size=n) > 0.75).astype("float32")
X_small, X_test, y_small, y_test = train_test_split(bands, mine, train_size=180, stratify=mine, random_state=16)
X_train, X_val, y_train, y_val = train_test_split(X_small, y_small, test_size=40, stratify=y_small, random_state=16)
sc = StandardScaler().fit(X_train)

model = keras.Sequential([
    layers.Input(shape=(40,)),
    layers.Dense(32, activation="relu", kernel_regularizer=regularizers.l2(0.02)),
    layers.Dropout(0.3),
    layers.Dense(16, activation="relu", kernel_regularizer=regularizers.l2(0.02)),
    layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer=keras.optimizers.Adam(0.003), loss="binary_crossentropy", metrics=["accuracy"])
best = keras.callbacks.EarlyStopping(monitor="val_loss", patience=25, restore_best_weights=True)
model.fit(sc.transform(X_train), y_train, validation_data=(sc.transform(X_val), y_val),
          epochs=200, batch_size=8, callbacks=[best], verbose=0)
print("RESULT", "test_accuracy", model.evaluate(sc.transform(X_test), y_test, verbose=0)[1])
