import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.model_selection import KFold
from sklearn.preprocessing import StandardScaler
from sklearn.metrics import r2_score
from keras.models import Sequential
from keras.layers import Dense, Input
from keras.utils import set_random_seed

set_random_seed(7)
X, y = load_diabetes(return_X_y=True)

def baseline_model():
    model = Sequential()
    model.add(Input(shape=(10,)))
    model.add(Dense(12, activation="relu", kernel_regularizer="l2"))
    model.add(Dense(6, activation="relu"))
    model.add(Dense(1))
    model.compile(loss="mean_squared_error", optimizer="adam")
    return model

scores = []
for train, test in KFold(n_splits=5, shuffle=True, random_state=7).split(X):
    sx = StandardScaler().fit(X[train])
    centre, width = y[train].mean(), y[train].std()
    estimator = baseline_model()
    estimator.fit(sx.transform(X[train]), (y[train] - centre) / width, epochs=60, batch_size=16, verbose=0)
    pred = estimator.predict(sx.transform(X[test]), verbose=0).ravel() * width + centre
    scores.append(r2_score(y[test], pred))
print("RESULT mean_r2", np.mean(scores))
