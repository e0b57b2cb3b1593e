from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
import keras
from keras import layers
from keras.utils import to_categorical

keras.utils.set_random_seed(17)
digits = load_digits()
X = digits.images.reshape(-1, 64) / 16.0
y = to_categorical(digits.target, 10)
X_tr, X_te, y_tr, y_te = train_test_split(X, y, test_size=0.3, random_state=17)

model = keras.Sequential(name="digits")
model.add(keras.Input((64,)))
model.add(layers.Dense(48, activation="relu"))
model.add(layers.Dense(32, activation="relu"))
model.add(layers.Dense(10, activation="softmax"))
model.compile(
    loss="mean_absolute_error",
    optimizer=keras.optimizers.SGD(learning_rate=0.05, momentum=0.9),
    metrics=["accuracy"],
)
history = model.fit(X_tr, y_tr, epochs=25, batch_size=32, validation_split=0.15, verbose=0)
_, acc = model.evaluate(X_te, y_te, verbose=0)
print("RESULT", "test_accuracy", acc)
