"""A feedforward network with one hidden layer, taught with one-hot labels.

`to_categorical` turns the label 9 into 0 0 0 0 0 0 0 0 0 1, which is what the ten outputs of
the network should look like. Twenty epochs show where a small network starts to learn by heart: the
training accuracy goes on rising, the validation accuracy does not.
"""

import argparse
from pathlib import Path

import matplotlib.pyplot as plt

import gyeol as keras

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--quick", action="store_true", help="a small part of the data, one epoch")
parser.add_argument("--epochs", type=int, help="times through the data (20)")
parser.add_argument("--seed", type=int, default=0, help="the same seed, the same run")
parser.add_argument("--out", type=Path, default=Path("runs/mnist_one_hot"), help="for pictures")
args = parser.parse_args()

args.out.mkdir(parents=True, exist_ok=True)
keras.utils.set_random_seed(args.seed)

(x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
if args.quick:
    x_train, y_train, x_test, y_test = x_train[:4000], y_train[:4000], x_test[:1000], y_test[:1000]

# Each picture becomes a row of 784 numbers from 0 to 1.
x_train = x_train.reshape(len(x_train), 784) / 255.0
x_test = x_test.reshape(len(x_test), 784) / 255.0

print("the first label:", y_train[0])
y_train = keras.utils.to_categorical(y_train, 10)
y_test = keras.utils.to_categorical(y_test, 10)
print("as a one-hot vector:", y_train[0])

# Only the first layer is told its input's shape; the next ones can see it.
model = keras.models.Sequential()
model.add(keras.layers.Dense(units=64, input_shape=(784,), activation="relu"))
model.add(keras.layers.Dense(units=10, activation="softmax"))
model.summary()

model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
history_adam = model.fit(
    x_train,
    y_train,
    batch_size=32,
    epochs=args.epochs or (1 if args.quick else 20),
    validation_split=0.2,
)

figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4))
for axis, name in ((left, "loss"), (right, "accuracy")):
    axis.plot(history_adam.history[name], label="training")
    axis.plot(history_adam.history[f"val_{name}"], label="validation")
    axis.set_xlabel("epoch")
    axis.set_title(name)
    axis.legend()
figure.savefig(args.out / "curves.png")
plt.close(figure)

loss, accuracy = model.evaluate(x_test, y_test)
print("pictures are in", args.out)
print(f"test accuracy: {accuracy:.4f}")
