# Wine cultivars from the chemical analysis, table = 13 measurements + class
import numpy as np
import keras
from keras import layers
from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import MinMaxScaler

keras.utils.set_random_seed(3)

wine = load_wine()
table = np.column_stack([wine.data, wine.target])
train, test = train_test_split(table, test_size=0.3, random_state=3, stratify=wine.target)

# bring every column to 0..1
scaler = MinMaxScaler()
train = scaler.fit_transform(train)
test = scaler.transform(test)

X_train, y_train = train[:, :-1], train[:, -1]
X_test, y_test = test[:, :-1], test[:, -1]

model = keras.Sequential([
    keras.Input(shape=(13,)),
    layers.Dense(32, activation="relu"),
    layers.Dense(16, activation="relu"),
    layers.Dense(3, activation="softmax"),
])
model.compile(optimizer=keras.optimizers.Adam(0.003),
              loss="sparse_categorical_crossentropy",
              metrics=["accuracy"])
model.fit(X_train, y_train, epochs=60, batch_size=8, verbose=0)

pred = model.predict(X_test, verbose=0).argmax(axis=1)
print("classes predicted:", np.unique(pred))
print("RESULT", "accuracy", float((pred == y_test).mean()))
