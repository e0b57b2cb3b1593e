import numpy as np
import keras
from sklearn.datasets import make_classification
from sklearn.model_selection import train_test_split
from sklearn.metrics import average_precision_score
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(61)
X, y = make_classification(n_samples=6000, n_features=14, n_informative=8, n_redundant=2, n_clusters_per_class=2,
                           weights=[0.95], flip_y=0.01, class_sep=1.2, random_state=61)
Xtrain, Xtest, ytrain, ytest = train_test_split(X, y, test_size=0.33, stratify=y, random_state=61)
scaler = StandardScaler()
Xtrain = scaler.fit_transform(Xtrain)
Xtest = scaler.transform(Xtest)

n_pos = ytrain.sum()
n_neg = len(ytrain) - n_pos
bias = keras.initializers.Constant(np.log(n_pos / n_neg))
weights = {0: len(ytrain) / (2.0 * n_neg), 1: len(ytrain) / (2.0 * n_pos)}

model = keras.Sequential([
    keras.layers.Input(shape=(14,)),
    keras.layers.Dense(32, activation="relu"),
    keras.layers.Dropout(0.3),
    keras.layers.Dense(16, activation="relu"),
    keras.layers.Dense(1, activation="sigmoid", bias_initializer=bias),
])
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=keras.losses.BinaryCrossentropy(),
              metrics=[keras.metrics.Precision(name="precision"), keras.metrics.Recall(name="recall"),
                       keras.metrics.AUC(name="prc", curve="PR")])
stopper = keras.callbacks.EarlyStopping(monitor="val_prc", mode="max", patience=10, restore_best_weights=True)
model.fit(Xtrain, ytrain, batch_size=64, epochs=40, validation_split=0.2, class_weight=weights,
          callbacks=[stopper], verbose=0)
print("RESULT average_precision", average_precision_score(ytest, model.predict(Xtest, verbose=0)))
