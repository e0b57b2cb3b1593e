import numpy as np
import keras
from keras.models import Sequential
from keras.layers import Dense, Dropout
from keras.callbacks import EarlyStopping

keras.utils.set_random_seed(8)
rng = np.random.default_rng(8)
kind = rng.integers(0, 4, 2000)
middle = rng.normal(0, 1.2, (4, 8))
measures = (middle[kind] + rng.normal(0, 1, (2000, 8))) * [4, 30, 0.2, 1, 900, 7, 12, 0.05] + 50
table = np.column_stack([measures, kind])

lo, hi = table[:1500].min(axis=0), table[:1500].max(axis=0)
table = (table - lo) / (hi - lo)
train, test = table[:1500], table[1500:]

model = Sequential([
    keras.Input((8,)),
    Dense(40, activation="relu"),
    Dropout(0.1),
    Dense(20, activation="relu"),
    Dense(4, activation="softmax"),
])
model.compile(loss=keras.losses.SparseCategoricalCrossentropy(),
              optimizer=keras.optimizers.Adam(0.005),
              metrics=[keras.metrics.SparseCategoricalAccuracy()])
model.fit(train[:, :8], train[:, 8].astype("int32"), epochs=30, batch_size=32, validation_split=0.2, verbose=0,
          callbacks=[EarlyStopping(monitor="val_loss", patience=8, restore_best_weights=True)])
guess = model.predict(test[:, :8], verbose=0).argmax(axis=1)
print("RESULT", "test_accuracy", float((guess == kind[1500:]).mean()))
