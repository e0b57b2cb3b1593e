"""Clothes with a plain dense network, my own initialisation so that runs can be compared."""
from functools import partial
import keras
from keras import layers
from keras.datasets import fashion_mnist

keras.utils.set_random_seed(13)

INIT = "he_normal"
EPOCHS = 8
Dense = partial(layers.Dense, kernel_initializer=INIT)

(x_train, y_train), (x_test, y_test) = fashion_mnist.load_data()
x_train = x_train[:8000].reshape(-1, 784) / 255.0
y_train = y_train[:8000]
x_test = x_test[:2000].reshape(-1, 784) / 255.0
y_test = y_test[:2000]

model = keras.Sequential([
    keras.Input((784,)),
    Dense(64, activation="relu"),
    Dense(64, activation="relu"),
    Dense(10),
])
model.compile(
    optimizer=keras.optimizers.Adam(0.0007),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
for epoch in range(EPOCHS):
    history = model.fit(x_train, y_train, batch_size=64, epochs=1, validation_split=0.1, verbose=0)
    print(epoch + 1, {k: round(v[-1], 3) for k, v in history.history.items()})
loss, accuracy = model.evaluate(x_test, y_test, verbose=0)
print("RESULT accuracy", accuracy)
