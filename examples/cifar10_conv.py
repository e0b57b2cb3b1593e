"""A convolutional network looks at small photographs: aeroplanes, frogs, trucks.

CIFAR-10 has colour, so each picture is 32 x 32 x 3 and each filter of the first layer 3 x 3 x 3.
The curves at the end show training and validation part ways: from there on the network learns its
pictures by heart.
"""

import argparse
from pathlib import Path

import matplotlib.pyplot as plt

import gyeol as keras
from gyeol import datasets, layers, models

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--quick", action="store_true", help="a small part of the data, one epoch")
parser.add_argument("--epochs", type=int, help="times through the data (10)")
parser.add_argument("--seed", type=int, default=0, help="the same seed, the same run")
parser.add_argument("--out", type=Path, default=Path("runs/cifar10_conv"), help="for pictures")
args = parser.parse_args()

args.out.mkdir(parents=True, exist_ok=True)
keras.utils.set_random_seed(args.seed)

(train_images, train_labels), (test_images, test_labels) = datasets.cifar10.load_data()
if args.quick:
    train_images, train_labels = train_images[:2000], train_labels[:2000]
    test_images, test_labels = test_images[:500], test_labels[:500]
train_images, test_images = train_images / 255.0, test_images / 255.0
print("training:", train_images.shape, train_labels.shape)
print("test:    ", test_images.shape, test_labels.shape)

class_names = [
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
]

plt.figure(figsize=(10, 10))
for i in range(25):
    plt.subplot(5, 5, i + 1)
    plt.xticks([])
    plt.yticks([])
    plt.grid(False)
    plt.imshow(train_images[i])
    # A label of CIFAR-10 is an array of one number, hence the second index.
    plt.xlabel(class_names[train_labels[i][0]])
plt.savefig(args.out / "pictures.png")
plt.close()

# The part that looks: a filter has (3 * 3 * 3) weights and a bias, and 32 of them are
# 28 * 32 = 896 parameters. Without padding each convolution takes two pixels off height and width.
model = models.Sequential()
model.add(layers.Conv2D(32, (3, 3), activation="relu", input_shape=(32, 32, 3)))
model.add(layers.MaxPooling2D((2, 2)))
model.add(layers.Conv2D(64, (3, 3), activation="relu"))
model.add(layers.MaxPooling2D((2, 2)))
model.add(layers.Conv2D(64, (3, 3), activation="relu"))
model.summary()

# The part that decides: 4 * 4 * 64 = 1,024 numbers go in, ten come out.
model.add(layers.Flatten())
model.add(layers.Dense(64, activation="relu"))
model.add(layers.Dense(10, activation="softmax"))
model.summary()

# `from_logits=True` says that the output has not been through softmax, but it has. This is how
# the program was found in a notebook; a careful library says so and uses the real logits.
model.compile(
    optimizer="adam",
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)

# The test pictures double as validation data, so choose nothing by their curve.
history = model.fit(
    train_images,
    train_labels,
    epochs=args.epochs or (1 if args.quick else 10),
    validation_data=(test_images, test_labels),
)

plt.plot(history.history["accuracy"], label="accuracy")
plt.plot(history.history["val_accuracy"], label="val_accuracy")
plt.xlabel("Epoch")
plt.ylabel("Accuracy")
plt.ylim([0.5, 1] if not args.quick else [0, 1])
plt.legend(loc="lower right")
plt.savefig(args.out / "accuracy.png")
plt.close()

test_loss, test_acc = model.evaluate(test_images, test_labels, verbose=2)
print("pictures are in", args.out)
print(f"test accuracy: {test_acc:.4f}")
