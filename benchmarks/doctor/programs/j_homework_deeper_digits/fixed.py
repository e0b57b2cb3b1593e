"""Does a deeper network read digits better?  (homework 4, part b)"""
import keras
from keras import layers, optimizers

DEPTH = 6
WIDTH = 64

keras.utils.set_random_seed(17)
(x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
x_train = x_train[:8000].reshape(-1, 28 * 28) / 255.0
x_test = x_test[:2000].reshape(-1, 28 * 28) / 255.0
y_train = keras.utils.to_categorical(y_train[:8000], 10)
y_test = keras.utils.to_categorical(y_test[:2000], 10)

model = keras.Sequential([keras.Input((784,))])
for i in range(DEPTH):
    model.add(layers.Dense(WIDTH, activation="relu", name=f"hidden{i + 1}"))
model.add(layers.Dense(10, activation="softmax", name="digit"))

model.compile(optimizer=optimizers.SGD(learning_rate=0.01, momentum=0.9),
              loss="categorical_crossentropy", metrics=["accuracy"])
log = model.fit(x_train, y_train, epochs=10, batch_size=32, verbose=0)
print("training loss", [round(v, 3) for v in log.history["loss"]])
print("RESULT", "test_accuracy", model.evaluate(x_test, y_test, verbose=0)[1])
