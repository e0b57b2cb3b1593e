from sklearn.datasets import load_breast_cancer
from sklearn.preprocessing import StandardScaler
from sklearn.model_selection import train_test_split
import keras
from keras.layers import Dense, Activation

keras.utils.set_random_seed(77)
X, y = load_breast_cancer(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=77, stratify=y)
scaler = StandardScaler().fit(X_train)
X_train, X_test = scaler.transform(X_train), scaler.transform(X_test)

model = keras.Sequential()
model.add(keras.Input((30,)))
for units in (64, 64, 32, 32, 16, 16, 8):
    model.add(Dense(units))
    model.add(Activation("relu"))
model.add(Dense(1, activation="sigmoid"))
model.compile(loss="binary_crossentropy", optimizer=keras.optimizers.SGD(learning_rate=0.05, momentum=0.9), metrics=["accuracy"])
model.fit(X_train, y_train, epochs=15, batch_size=16, verbose=0)
print("RESULT", "test_accuracy", model.evaluate(X_test, y_test, verbose=0)[1])
