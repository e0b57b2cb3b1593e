"""A small vision transformer: a picture as a sentence of patches.

The picture is cut into patches; each becomes a vector, gets its place added, and attends to all the
others (Dosovitskiy et al., 2020). Augmentation layers turn and mirror the pictures while training.
From so few pictures a transformer learns less than a convolutional network does: the lesson.

After Keras's example "Image classification with Vision Transformer" (K. Salama, 2021).
"""

import argparse
from pathlib import Path

import matplotlib.pyplot as plt

import gyeol as keras
from gyeol import layers, ops

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--quick", action="store_true", help="a small part of the data, one epoch")
parser.add_argument("--epochs", type=int, help="times through the data (10)")
parser.add_argument("--seed", type=int, default=0, help="the same seed, the same run")
parser.add_argument(
    "--out", type=Path, default=Path("runs/cifar10_vision_transformer"), help="for pictures"
)
args = parser.parse_args()

args.out.mkdir(parents=True, exist_ok=True)
keras.utils.set_random_seed(args.seed)

PATCH, WIDTH, HEADS, BLOCKS = 4, 64, 4, 1 if args.quick else 4

(x_train, y_train), (x_test, y_test) = keras.datasets.cifar10.load_data()
if args.quick:
    x_train, y_train, x_test, y_test = x_train[:1280], y_train[:1280], x_test[:256], y_test[:256]

augmentation = keras.Sequential(
    [
        layers.Rescaling(1 / 127.5, offset=-1),
        layers.RandomFlip("horizontal"),
        layers.RandomRotation(factor=0.02),
        layers.RandomZoom(height_factor=0.2, width_factor=0.2),
    ],
    name="augmentation",
)


class WithPlaces(layers.Layer):
    """Adds to each patch a learned vector for its place in the picture."""

    def build(self, input_shape):
        self.places = self.add_weight(
            shape=input_shape[1:], initializer="random_normal", name="places"
        )

    def call(self, patches):
        return patches + self.places


# A convolution whose windows do not overlap cuts the patches and projects each to a vector.
inputs = layers.Input(shape=(32, 32, 3))
x = augmentation(inputs)
x = layers.Conv2D(WIDTH, PATCH, strides=PATCH)(x)
x = layers.Reshape((-1, WIDTH))(x)
x = WithPlaces()(x)
for _ in range(BLOCKS):
    normal = layers.LayerNormalization(epsilon=1e-6)(x)
    attended = layers.MultiHeadAttention(HEADS, key_dim=WIDTH // HEADS, dropout=0.1)(normal, normal)
    x = layers.Add()([attended, x])
    y = layers.LayerNormalization(epsilon=1e-6)(x)
    y = layers.Dense(2 * WIDTH, activation="gelu")(y)
    y = layers.Dropout(0.1)(y)
    y = layers.Dense(WIDTH)(y)
    x = x + y
x = layers.LayerNormalization(epsilon=1e-6)(x)
x = ops.mean(x, axis=1)
outputs = layers.Dense(10)(layers.Dropout(0.3)(x))
model = keras.Model(inputs, outputs)
model.summary()

model.compile(
    optimizer=keras.optimizers.AdamW(learning_rate=0.001, weight_decay=0.0001),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=[
        keras.metrics.SparseCategoricalAccuracy(name="accuracy"),
        keras.metrics.SparseTopKCategoricalAccuracy(3, name="among_three"),
    ],
)
history = model.fit(
    x_train,
    y_train,
    batch_size=128,
    epochs=args.epochs or (1 if args.quick else 10),
    validation_split=0.1,
    verbose=2,
)

plt.plot(history.history["accuracy"], label="training")
plt.plot(history.history["val_accuracy"], label="validation")
plt.xlabel("epoch")
plt.ylabel("accuracy")
plt.legend()
plt.savefig(args.out / "accuracy.png")
plt.close()

logs = model.evaluate(x_test, y_test, verbose=0, return_dict=True)
print(f"the right class is among the first three: {logs['among_three']:.4f}")
print("pictures are in", args.out)
print(f"test accuracy: {logs['accuracy']:.4f}")
