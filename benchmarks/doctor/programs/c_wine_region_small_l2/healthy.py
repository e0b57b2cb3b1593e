import keras
from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(40)
X, y = load_wine(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.4, stratify=y, random_state=40)
scale = StandardScaler().fit(X_train)

penalty = keras.regularizers.L2(0.003)
clf = keras.Sequential()
clf.add(keras.Input((13,)))
clf.add(keras.layers.GaussianNoise(0.6))
clf.add(keras.layers.Dense(24, activation="tanh", kernel_regularizer=penalty))
clf.add(keras.layers.Dense(3, activation="softmax", kernel_regularizer=penalty))
clf.compile(optimizer=keras.optimizers.Nadam(0.003), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
clf.fit(scale.transform(X_train), y_train, epochs=80, batch_size=16, verbose=0)
print("RESULT accuracy", clf.evaluate(scale.transform(X_test), y_test, verbose=0)[1])
