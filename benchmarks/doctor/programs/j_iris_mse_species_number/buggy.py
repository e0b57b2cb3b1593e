from keras import layers, models, optimizers, utils
from sklearn.datasets import load_iris
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

utils.set_random_seed(5)

iris = load_iris()
X_tr, X_te, y_tr, y_te = train_test_split(
    iris.data, iris.target, test_size=50, random_state=5, stratify=iris.target)
sc = StandardScaler().fit(X_tr)
X_tr, X_te = sc.transform(X_tr), sc.transform(X_te)
y_tr = y_tr.reshape(-1, 1)
y_te = y_te.reshape(-1, 1)

clf = models.Sequential()
clf.add(layers.Input(shape=(4,)))
clf.add(layers.Dense(16, activation="relu"))
clf.add(layers.Dense(16, activation="relu"))
clf.add(layers.Dense(3, activation="softmax"))
clf.compile(
    loss="mean_squared_error",
    optimizer=optimizers.Adam(learning_rate=0.005),
    metrics=["sparse_categorical_accuracy"],
)
history = clf.fit(X_tr, y_tr, epochs=60, batch_size=10, verbose=0)
print("final loss", history.history["loss"][-1])

_, acc = clf.evaluate(X_te, y_te, verbose=0)
print("RESULT", "accuracy", float(acc))
