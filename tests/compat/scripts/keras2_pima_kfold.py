"""Machine Learning Mastery, 2016: a k-fold over create_model with KerasClassifier."""

import numpy
from keras.layers import Dense
from keras.models import Sequential
from keras.wrappers.scikit_learn import KerasClassifier
from sklearn.model_selection import StratifiedKFold, cross_val_score

seed = 7
numpy.random.seed(seed)
X = numpy.random.rand(60, 4)
Y = (X[:, 0] + X[:, 1] > 1).astype(int)


def create_model(units=8):
    model = Sequential()
    model.add(Dense(units, input_dim=4, kernel_initializer="uniform", activation="relu"))
    model.add(Dense(1, kernel_initializer="uniform", activation="sigmoid"))
    model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
    return model


model = KerasClassifier(build_fn=create_model, epochs=2, batch_size=10, verbose=0)
kfold = StratifiedKFold(n_splits=2, shuffle=True, random_state=seed)
results = cross_val_score(model, X, Y, cv=kfold)
print("%.2f%% (%.2f%%)" % (results.mean() * 100, results.std() * 100))
assert results.shape == (2,) and (results >= 0).all()
model.fit(X, Y, epochs=1)
assert set(model.predict(X).ravel()) <= {0, 1}
assert model.predict_proba(X).shape == (60, 2)
