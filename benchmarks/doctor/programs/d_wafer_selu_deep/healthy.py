import keras
from keras.layers import Dense, AlphaDropout, Input
from sklearn.datasets import make_gaussian_quantiles
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(27)
features, ring = make_gaussian_quantiles(n_samples=4000, n_features=8, n_classes=2, cov=3.0, random_state=27)
xtr, xte, ytr, yte = train_test_split(features, ring, test_size=0.3, random_state=27)
sc = StandardScaler().fit(xtr)

net = keras.Sequential(name="wafer")
net.add(Input(shape=(8,)))
for _ in range(8):
    net.add(Dense(48, activation="selu", kernel_initializer="lecun_normal"))
    net.add(AlphaDropout(0.05))
net.add(Dense(1, activation="sigmoid"))
net.compile(optimizer=keras.optimizers.RMSprop(5e-4), loss="binary_crossentropy", metrics=["accuracy"])
net.fit(sc.transform(xtr), ytr, epochs=40, batch_size=64, validation_split=0.1, verbose=0)
print("RESULT accuracy", net.evaluate(sc.transform(xte), yte, verbose=0)[1])
