"""A deep dense network reads handwritten digits straight from their raw pixels.

Every picture of MNIST is 28 x 28 grey pixels from 0 to 255. `Flatten` lays them out as 784 numbers,
and every neuron of a dense layer looks at all of them: 784 * 512 weights and 512 biases make the
401,920 parameters of the first layer. Nothing is scaled here; see whether the network minds.
"""

import argparse
from pathlib import Path

import matplotlib.pyplot as plt

import gyeol as keras

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--quick", action="store_true", help="a small part of the data, one epoch")
parser.add_argument("--epochs", type=int, help="times through the data (10)")
parser.add_argument("--seed", type=int, default=0, help="the same seed, the same run")
parser.add_argument("--out", type=Path, default=Path("runs/mnist_deep_dense"), help="for pictures")
args = parser.parse_args()

args.out.mkdir(parents=True, exist_ok=True)
keras.utils.set_random_seed(args.seed)

# The data: 60,000 pictures to learn from, 10,000 to be tested on.
(x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
if args.quick:
    x_train, y_train, x_test, y_test = x_train[:4000], y_train[:4000], x_test[:1000], y_test[:1000]
print("pictures:", x_train.shape, x_test.shape)
print("labels:  ", y_train.shape, y_test.shape)

plt.imshow(x_train[0], cmap="gray")
plt.title(f"the first picture: a {y_train[0]}")
plt.savefig(args.out / "first_picture.png")
plt.close()

# The model: from 784 pixels, narrower and narrower, to one number for each of the ten digits.
model = keras.Sequential(
    [
        keras.Input(shape=(28, 28)),
        keras.layers.Flatten(),
        keras.layers.Dense(512, activation="relu"),
        keras.layers.Dense(256, activation="relu"),
        keras.layers.Dense(128, activation="relu"),
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dense(10, activation="softmax"),
    ]
)
model.summary()

# "sparse": the labels are the digits themselves, 0 to 9, and not one-hot vectors.
model.compile(
    optimizer=keras.optimizers.Adam(),
    loss=keras.losses.sparse_categorical_crossentropy,
    metrics=["acc"],
)

# A fifth of the pictures is held back for validation: 48,000 / 32 makes 1,500 steps an epoch.
history = model.fit(
    x_train,
    y_train,
    batch_size=32,
    epochs=args.epochs or (1 if args.quick else 10),
    shuffle=True,
    validation_split=0.2,
)

plt.plot(history.history["acc"], label="training")
plt.plot(history.history["val_acc"], label="validation")
plt.xlabel("epoch")
plt.ylabel("accuracy")
plt.legend()
plt.savefig(args.out / "accuracy.png")
plt.close()

loss, accuracy = model.evaluate(x_test, y_test)
print("pictures are in", args.out)
print(f"test accuracy: {accuracy:.4f}")
