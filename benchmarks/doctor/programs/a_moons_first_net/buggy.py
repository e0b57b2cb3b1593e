from sklearn.datasets import make_moons
import keras
from keras.layers import Dense

keras.utils.set_random_seed(2)
X, y = make_moons(n_samples=900, noise=0.15, random_state=2)
X_train, y_train, X_test, y_test = X[:600], y[:600], X[600:], y[600:]

model = keras.models.Sequential([
    keras.Input(shape=(2,)),
    Dense(32, activation="relu"),
    Dense(32, activation="relu"),
    Dense(2, activation="softmax"),
])
opt = keras.optimizers.Adam(learning_rate=0.00001)
model.compile(opt, "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(X_train, y_train, 128, 8, verbose=0)
loss, accuracy = model.evaluate(X_test, y_test, verbose=0)
print("RESULT", "test_accuracy", accuracy, "loss", loss)
