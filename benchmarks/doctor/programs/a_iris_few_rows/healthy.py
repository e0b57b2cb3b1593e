import keras
from keras import layers
from sklearn.datasets import load_iris
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(3)
X, y = load_iris(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, train_size=60, stratify=y, random_state=3)
scaler = StandardScaler().fit(X_train)

model = keras.Sequential()
model.add(keras.Input((4,)))
model.add(layers.Dense(8, activation="tanh"))
model.add(layers.Dense(3, activation="softmax"))
model.compile(optimizer=keras.optimizers.Adam(0.02), loss="sparse_categorical_crossentropy",
              metrics=["accuracy"])
model.fit(scaler.transform(X_train), y_train, batch_size=60, epochs=100, verbose=0)
loss, acc = model.evaluate(scaler.transform(X_test), y_test, verbose=0)
print("RESULT", "test_accuracy", acc)
