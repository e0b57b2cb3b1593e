"""Two pictures, one question: the same digit or not?

A siamese network runs both pictures through one and the same embedding network and looks at the
distance between the two points. The contrastive loss pulls equal digits together and pushes
different ones apart, up to a margin (Hadsell, Chopra and LeCun, 2006).

After Keras's example "Image similarity estimation using a Siamese Network with a contrastive loss"
(Mehdi, 2021).
"""

import argparse
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import gyeol as keras
from gyeol import layers, ops

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--quick", action="store_true", help="a small part of the data, one epoch")
parser.add_argument("--epochs", type=int, help="times through the data (10)")
parser.add_argument("--seed", type=int, default=0, help="the same seed, the same run")
parser.add_argument("--out", type=Path, default=Path("runs/mnist_siamese"), help="for pictures")
args = parser.parse_args()

args.out.mkdir(parents=True, exist_ok=True)
keras.utils.set_random_seed(args.seed)
rng = np.random.default_rng(args.seed)

(x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
if args.quick:
    x_train, y_train, x_test, y_test = x_train[:1600], y_train[:1600], x_test[:400], y_test[:400]
x_train, x_test = x_train[..., None] / np.float32(255), x_test[..., None] / np.float32(255)


def pairs(pictures, digits):
    """For every picture a partner of the same digit (label 0) and one of another (label 1)."""
    of_digit = [np.flatnonzero(digits == digit) for digit in range(10)]
    same = np.array([rng.choice(of_digit[digit]) for digit in digits])
    others = (digits + rng.integers(1, 10, len(digits))) % 10
    different = np.array([rng.choice(of_digit[digit]) for digit in others])
    first = np.concatenate([pictures, pictures])
    second = np.concatenate([pictures[same], pictures[different]])
    label = np.repeat(np.float32([0, 1]), len(digits))
    order = rng.permutation(len(label))
    return [first[order], second[order]], label[order]


train_pairs, train_label = pairs(x_train, y_train)
test_pairs, test_label = pairs(x_test, y_test)
print("training:", len(train_label), "pairs  test:", len(test_label), "pairs")

embedding = keras.Sequential(
    [
        layers.Input(shape=(28, 28, 1)),
        layers.BatchNormalization(),
        layers.Conv2D(4, 5, activation="tanh"),
        layers.AveragePooling2D(2),
        layers.Conv2D(16, 5, activation="tanh"),
        layers.AveragePooling2D(2),
        layers.Flatten(),
        layers.BatchNormalization(),
        layers.Dense(10, activation="tanh"),
    ],
    name="embedding",
)

left, right = layers.Input(shape=(28, 28, 1)), layers.Input(shape=(28, 28, 1))
squared = ops.sum(ops.square(embedding(left) - embedding(right)), axis=1, keepdims=True)
distance = ops.sqrt(ops.maximum(squared, keras.config.epsilon()))
x = layers.BatchNormalization()(distance)
outputs = layers.Dense(1, activation="sigmoid")(x)
siamese = keras.Model([left, right], outputs)
siamese.summary()


def contrastive_loss(y_true, y_pred):
    """Small where equal pictures score 0 and different ones score 1, the margin."""
    equal = (1 - y_true) * ops.square(y_pred)
    different = y_true * ops.square(ops.maximum(1 - y_pred, 0))
    return ops.mean(equal + different)


siamese.compile(loss=contrastive_loss, optimizer="rmsprop", metrics=["accuracy"])
siamese.fit(
    train_pairs,
    train_label,
    epochs=args.epochs or (1 if args.quick else 10),
    batch_size=16,
    validation_split=0.1,
    verbose=2,
)

scores = siamese.predict(test_pairs, verbose=0).ravel()
figure, places = plt.subplots(2, 6, figsize=(10, 4))
for place, number in zip(places.ravel(), rng.permutation(len(test_label))[:12]):
    place.imshow(np.hstack([pair[number, ..., 0] for pair in test_pairs]), cmap="gray_r")
    place.set_title(f"{'different' if scores[number] > 0.5 else 'same'} ({scores[number]:.2f})")
    place.axis("off")
figure.tight_layout()
figure.savefig(args.out / "pairs.png")
plt.close(figure)

loss, accuracy = siamese.evaluate(test_pairs, test_label, verbose=0)
print("pictures are in", args.out)
print(f"test accuracy: {accuracy:.4f}")
