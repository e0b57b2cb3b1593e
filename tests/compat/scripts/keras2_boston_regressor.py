"""KerasRegressor in a scikit-learn pipeline with a scaler."""

import numpy as np
from keras.layers import Dense
from keras.models import Sequential
from keras.wrappers.scikit_learn import KerasRegressor
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

rng = np.random.default_rng(0)
X = rng.normal(size=(40, 3))
Y = X @ [1.0, 2.0, 3.0]


def baseline_model(units=4):
    model = Sequential()
    model.add(Dense(units, input_dim=3, kernel_initializer="normal", activation="relu"))
    model.add(Dense(1, kernel_initializer="normal"))
    model.compile(loss="mean_squared_error", optimizer="adam")
    return model


estimator = KerasRegressor(build_fn=baseline_model, epochs=1, batch_size=20, verbose=0)
pipeline = Pipeline([("standardize", StandardScaler()), ("mlp", estimator)])
pipeline.fit(X, Y)
assert pipeline.predict(X).shape == (40,)
grid = GridSearchCV(estimator, {"units": [4]}, cv=2, scoring="neg_mean_squared_error")
grid.fit(X, Y)
assert grid.best_params_["units"] == 4
