import numpy as np
from sklearn.datasets import make_classification
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from keras.models import Sequential
from keras.layers import Dense, Activation, Input
from keras.utils import to_categorical, set_random_seed
from keras.optimizers import Adam

set_random_seed(45)
X, code = make_classification(n_samples=3500, n_features=16, n_informative=12, n_redundant=2, n_classes=7,
                              n_clusters_per_class=1, class_sep=1.8, random_state=45)
X_train, X_test, c_train, c_test = train_test_split(X, code, test_size=0.25, random_state=45, stratify=code)
sc = StandardScaler()
X_train = sc.fit_transform(X_train)
X_test = sc.transform(X_test)

model = Sequential()
model.add(Input(shape=(16,)))
model.add(Dense(32))
model.add(Activation("relu"))
model.add(Dense(24))
model.add(Activation("relu"))
model.add(Dense(7, activation="tanh"))
model.add(Activation("softmax"))
model.compile(loss="categorical_crossentropy", optimizer=Adam(learning_rate=0.01), metrics=["accuracy"])
model.fit(X_train, to_categorical(c_train, 7), batch_size=64, epochs=30, validation_split=0.1, verbose=0)
print("RESULT test_loss", model.evaluate(X_test, to_categorical(c_test, 7), verbose=0)[0])
