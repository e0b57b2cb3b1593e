"""The first steps: train on MNIST, ask for probabilities, and name a single picture.

One hidden layer of 128 neurons with dropout is enough for 0.98. On the way: what an untrained model
says, what softmax does to its input, and why a model wants its pictures in batches.
"""

import argparse
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import gyeol as keras

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--quick", action="store_true", help="a small part of the data, one epoch")
parser.add_argument("--epochs", type=int, help="times through the data (5)")
parser.add_argument("--seed", type=int, default=0, help="the same seed, the same run")
parser.add_argument("--out", type=Path, default=Path("runs/mnist_tutorial"), help="for pictures")
args = parser.parse_args()

args.out.mkdir(parents=True, exist_ok=True)
keras.utils.set_random_seed(args.seed)
np.set_printoptions(precision=3, suppress=True)

(x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
if args.quick:
    x_train, y_train, x_test, y_test = x_train[:4000], y_train[:4000], x_test[:1000], y_test[:1000]

# Dividing by 255 takes the pixels from 0..255 to 0..1. The picture stays the same picture.
print("before:", x_train[0].min(), "to", x_train[0].max())
x_train, x_test = x_train / 255.0, x_test / 255.0
print("after: ", x_train[0].min(), "to", x_train[0].max())

plt.figure()
plt.imshow(x_train[0])
plt.colorbar()
plt.grid(False)
plt.savefig(args.out / "scaled_picture.png")
plt.close()

model = keras.models.Sequential(
    [
        keras.layers.Flatten(input_shape=(28, 28)),
        keras.layers.Dense(units=128, activation="relu"),
        keras.layers.Dropout(0.2),
        keras.layers.Dense(10, activation="softmax"),
    ]
)
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])

# A model can be called like a function. Before training, every digit is about as likely.
predictions = np.asarray(model(x_train[:1]))
print("untrained:", predictions[0], "sum", predictions.sum())

model.fit(x_train, y_train, epochs=args.epochs or (1 if args.quick else 5))
loss, accuracy = model.evaluate(x_test, y_test, verbose=2)

# A trained model can be a layer of another. This one's output has gone through softmax already, and
# a second softmax flattens it: the winner stays the winner, but with 0.23 where it had nearly 1.
probability_model = keras.Sequential([model, keras.layers.Softmax()])
print("once:    ", np.asarray(model(x_test[:1]))[0])
print("twice:   ", np.asarray(probability_model(x_test[:1]))[0])

# `predict` takes a batch of pictures, so a single one becomes a batch of one.
img = x_test[1]
print("a picture:", img.shape)
img = np.expand_dims(img, 0)
print("a batch:  ", img.shape)
digit = np.argmax(probability_model.predict(img))

plt.imshow(x_test[1], cmap="gray_r")
plt.title(f"predicted {digit}, really {y_test[1]}")
plt.savefig(args.out / "single_prediction.png")
plt.close()

print("pictures are in", args.out)
print(f"test accuracy: {accuracy:.4f}")
