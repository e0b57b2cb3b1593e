import numpy as np
from keras import layers, losses, optimizers, metrics, regularizers, Model, utils
from sklearn.datasets import make_classification
from sklearn.preprocessing import LabelBinarizer, StandardScaler

utils.set_random_seed(17)
X, c = make_classification(n_samples=2400, n_features=12, n_informative=8, n_redundant=2, n_classes=5,
                           n_clusters_per_class=1, class_sep=1.6, flip_y=0.02, random_state=17)
Y = LabelBinarizer().fit_transform(c)
scaler = StandardScaler().fit(X[:1800])
X = scaler.transform(X)
n_classes = Y.shape[1]


class Mlp(Model):
    def __init__(self, width):
        super().__init__()
        self.first = layers.Dense(width, activation="relu", kernel_regularizer=regularizers.L2(1e-4))
        self.second = layers.Dense(width // 2, activation="relu")
        self.scores = layers.Dense(n_classes, name="scores")

    def call(self, x):
        return self.scores(self.second(self.first(x)))


clf = Mlp(48)
clf.compile(optimizer=optimizers.Adam(0.002), loss=losses.CategoricalCrossentropy(),
            metrics=[metrics.CategoricalAccuracy(name="accuracy")])
clf.fit(X[:1800], Y[:1800], batch_size=32, epochs=15, validation_split=0.1, verbose=0)
acc = clf.evaluate(X[1800:], Y[1800:], verbose=0, return_dict=True)["accuracy"]
print("RESULT", "test_accuracy", acc)
