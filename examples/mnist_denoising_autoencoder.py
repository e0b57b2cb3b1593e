"""A convolutional autoencoder takes the noise off handwritten digits.

The network squeezes a picture into a small stack of feature maps and paints it again. Trained with
noisy pictures as input and the clean ones as target, it learns what a digit looks like without it.

After Keras's example "Convolutional autoencoder for image denoising" (S. L. Valarezo, 2021).
"""

import argparse
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import gyeol as keras
from gyeol import layers

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--quick", action="store_true", help="a small part of the data, one epoch")
parser.add_argument("--epochs", type=int, help="times through the data (5)")
parser.add_argument("--seed", type=int, default=0, help="the same seed, the same run")
parser.add_argument(
    "--out", type=Path, default=Path("runs/mnist_denoising_autoencoder"), help="for pictures"
)
args = parser.parse_args()

args.out.mkdir(parents=True, exist_ok=True)
keras.utils.set_random_seed(args.seed)

(x_train, _), (x_test, _) = keras.datasets.mnist.load_data()
if args.quick:
    x_train, x_test = x_train[:1500], x_test[:200]
x_train = x_train[..., None].astype("float32") / 255
x_test = x_test[..., None].astype("float32") / 255

noise = np.random.default_rng(args.seed)


def with_noise(pictures):
    noisy = pictures + 0.4 * noise.normal(size=pictures.shape).astype("float32")
    return np.clip(noisy, 0, 1)


noisy_train, noisy_test = with_noise(x_train), with_noise(x_test)

# 28 x 28 becomes 14 x 14 and 7 x 7; the transposed convolutions go the same way back.
inputs = layers.Input(shape=(28, 28, 1))
x = layers.Conv2D(32, 3, activation="relu", padding="same")(inputs)
x = layers.MaxPooling2D(2, padding="same")(x)
x = layers.Conv2D(32, 3, activation="relu", padding="same")(x)
x = layers.MaxPooling2D(2, padding="same")(x)
x = layers.Conv2DTranspose(32, 3, strides=2, activation="relu", padding="same")(x)
x = layers.Conv2DTranspose(32, 3, strides=2, activation="relu", padding="same")(x)
outputs = layers.Conv2D(1, 3, activation="sigmoid", padding="same")(x)
autoencoder = keras.Model(inputs, outputs, name="autoencoder")
autoencoder.summary()

autoencoder.compile(optimizer="adam", loss="binary_crossentropy")
autoencoder.fit(
    noisy_train,
    x_train,
    epochs=args.epochs or (1 if args.quick else 5),
    batch_size=16 if args.quick else 128,
    validation_data=(noisy_test, x_test),
    verbose=2,
)

cleaned = autoencoder.predict(noisy_test, verbose=0)

figure, rows = plt.subplots(3, 8, figsize=(10, 4))
for row, pictures, title in zip(
    rows, (x_test, noisy_test, cleaned), ("clean", "with noise", "cleaned")
):
    row[0].set_ylabel(title)
    for place, picture in zip(row, pictures):
        place.imshow(picture[..., 0], cmap="gray_r", vmin=0, vmax=1)
        place.set_xticks([])
        place.set_yticks([])
figure.tight_layout()
figure.savefig(args.out / "denoised.png")
plt.close(figure)

before = np.mean((noisy_test - x_test) ** 2)
after = np.mean((cleaned - x_test) ** 2)
print("pictures are in", args.out)
print(f"mean squared error: {before:.4f} with the noise, {after:.4f} without")
print(f"noise taken away: {1 - after / before:.4f}")
