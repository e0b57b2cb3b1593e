import numpy as np
import keras
from keras.models import Sequential
from keras.layers import Dense, Input
from keras.callbacks import EarlyStopping
from sklearn.metrics import log_loss

keras.utils.set_random_seed(46)
rng = np.random.default_rng(46)
plots = 1400
humid, sun, slope, sprayed, age = (rng.normal(75, 10, plots), rng.normal(6, 2, plots), rng.exponential(6, plots),
                                   rng.integers(0, 4, plots), rng.integers(2, 60, plots))
other = rng.normal(size=(plots, 7))
risk = 0.12 * (humid - 75) - 0.35 * (sun - 6) - 0.8 * (sprayed - 1.5) + 0.02 * (age - 30)
grade = np.digitize(risk + rng.normal(0, 1.3, plots), [-1.0, 1.2])
X = np.column_stack([humid, sun, slope, sprayed, age, other])
X = (X - X[:400].mean(0)) / X[:400].std(0)
Y = keras.utils.to_categorical(grade, 3)

decay = keras.regularizers.l2(3e-3)
model = Sequential()
model.add(Input((12,)))
model.add(Dense(128, activation="relu", kernel_regularizer=decay))
model.add(Dense(128, activation="relu", kernel_regularizer=decay))
model.add(Dense(3, activation="softmax"))
model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
model.fit(X[:400], Y[:400], epochs=200, batch_size=20, verbose=0, validation_split=0.2,
          callbacks=[EarlyStopping(patience=12, restore_best_weights=True)])
print("RESULT test_log_loss", log_loss(grade[400:], model.predict(X[400:], verbose=0).astype("float64"), labels=[0, 1, 2]))
