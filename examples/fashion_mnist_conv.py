"""A convolutional network tells ten kinds of clothes apart.

Two convolutions with pooling find edges, then parts; a dense layer with dropout decides. Training
stops by itself when the validation loss no longer falls, and the best model on the way is kept in a
file, which is read back at the end.
"""

import argparse
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import gyeol as keras

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--quick", action="store_true", help="a small part of the data, one epoch")
parser.add_argument("--epochs", type=int, help="times through the data, at most (20)")
parser.add_argument("--seed", type=int, default=0, help="the same seed, the same run")
parser.add_argument(
    "--out", type=Path, default=Path("runs/fashion_mnist_conv"), help="for pictures and the model"
)
args = parser.parse_args()

args.out.mkdir(parents=True, exist_ok=True)
keras.utils.set_random_seed(args.seed)

CLASSES = [
    "T-shirt",
    "trousers",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "boot",
]

(train_input, train_target), (test_input, test_target) = keras.datasets.fashion_mnist.load_data()
if args.quick:
    train_input, train_target = train_input[:2000], train_target[:2000]
    test_input, test_target = test_input[:500], test_target[:500]

# A convolution wants to know how many colours a picture has: one, here. Pixels become 0 to 1.
train_scaled = train_input.reshape(-1, 28, 28, 1) / 255.0
test_scaled = test_input.reshape(-1, 28, 28, 1) / 255.0

# Hold back a fifth, drawn at random, to see when to stop.
order = np.random.default_rng(42).permutation(len(train_scaled))
held_back, kept = np.split(order, [len(order) // 5])
val_scaled, val_target = train_scaled[held_back], train_target[held_back]
train_scaled, train_target = train_scaled[kept], train_target[kept]
print("training:", train_scaled.shape, " validation:", val_scaled.shape)

# "same" padding leaves height and width as they are; each pooling halves them: 28, 14, 7.
model = keras.Sequential()
model.add(
    keras.layers.Conv2D(
        32, kernel_size=3, activation="relu", padding="same", input_shape=(28, 28, 1)
    )
)
model.add(keras.layers.MaxPooling2D(2))
model.add(keras.layers.Conv2D(64, kernel_size=3, activation="relu", padding="same"))
model.add(keras.layers.MaxPooling2D(2))
model.add(keras.layers.Flatten())
model.add(keras.layers.Dense(100, activation="relu"))
model.add(keras.layers.Dropout(0.4))
model.add(keras.layers.Dense(10, activation="softmax"))
model.summary()

model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics="accuracy")

best_model = args.out / "best-cnn-model.keras"
checkpoint_cb = keras.callbacks.ModelCheckpoint(best_model, save_best_only=True)
early_stopping_cb = keras.callbacks.EarlyStopping(patience=2, restore_best_weights=True)
history = model.fit(
    train_scaled,
    train_target,
    epochs=args.epochs or (1 if args.quick else 20),
    validation_data=(val_scaled, val_target),
    callbacks=[checkpoint_cb, early_stopping_cb],
)
if early_stopping_cb.stopped_epoch:
    best = np.argmin(history.history["val_loss"]) + 1
    print(f"stopped after epoch {early_stopping_cb.stopped_epoch + 1}; epoch {best} was the best")

plt.plot(history.history["loss"], label="training")
plt.plot(history.history["val_loss"], label="validation")
plt.xlabel("epoch")
plt.ylabel("loss")
plt.legend()
plt.savefig(args.out / "loss.png")
plt.close()

# One picture and what the model makes of it.
probabilities = model.predict(val_scaled[0:1])[0]
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4))
left.imshow(val_scaled[0].reshape(28, 28), cmap="gray_r")
left.set_title(CLASSES[val_target[0]])
right.barh(CLASSES, probabilities)
right.set_xlabel("probability")
figure.tight_layout()
figure.savefig(args.out / "prediction.png")
plt.close(figure)

# The file on disk holds the same model, weights and all.
loaded = keras.models.load_model(best_model)
loss, accuracy = loaded.evaluate(test_scaled, test_target)
print("pictures and the best model are in", args.out)
print(f"test accuracy: {accuracy:.4f}")
