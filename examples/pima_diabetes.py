"""From eight measurements of a patient: diabetes or not?

A table instead of pictures, and a question with two answers: one output neuron with a sigmoid, and
binary cross-entropy. Training stops when the validation loss has not fallen for ten epochs, and
a callback of our own prints a dot for each epoch.
"""

import argparse
from pathlib import Path

import matplotlib.pyplot as plt

import gyeol as keras

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--quick", action="store_true", help="two epochs")
parser.add_argument("--epochs", type=int, help="times through the data, at most (100)")
parser.add_argument("--seed", type=int, default=0, help="the same seed, the same run")
parser.add_argument("--out", type=Path, default=Path("runs/pima_diabetes"), help="for pictures")
args = parser.parse_args()

args.out.mkdir(parents=True, exist_ok=True)
keras.utils.set_random_seed(args.seed)

# 768 patients; a fifth of them is kept for the test.
(x_train, y_train), (x_test, y_test) = keras.datasets.pima_diabetes.load_data()
print("training:", x_train.shape, " test:", x_test.shape)

# Insulin goes up to 846, the pedigree function only to 2.4. Bring every column to mean 0 and
# deviation 1, as measured on the training part; leave it out to see what it is worth.
mean, std = x_train.mean(axis=0), x_train.std(axis=0)
x_train, x_test = (x_train - mean) / std, (x_test - mean) / std

input_shape = x_train.shape[1]

model = keras.models.Sequential(
    [
        keras.layers.Dense(units=128, input_shape=[input_shape]),
        keras.layers.Dense(128, activation="relu"),
        keras.layers.Dropout(0.2),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])


class PrintDot(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs):
        if epoch % 100 == 0:
            print("")
        else:
            print(".", end="")


early_stop = keras.callbacks.EarlyStopping(monitor="val_loss", patience=10)
history = model.fit(
    x_train,
    y_train,
    epochs=args.epochs or (2 if args.quick else 100),
    validation_split=0.2,
    callbacks=[early_stop, PrintDot()],
    verbose=0,
)
print(f"\nran {len(history.history['loss'])} epochs")

plt.plot(history.history["loss"], label="training")
plt.plot(history.history["val_loss"], label="validation")
plt.xlabel("epoch")
plt.ylabel("loss")
plt.legend()
plt.savefig(args.out / "loss.png")
plt.close()

# Roughly two thirds of the patients are healthy: who always says "no diabetes" is right that often.
print(f"always 'no' would score {1 - y_test.mean():.4f}")
loss, accuracy = model.evaluate(x_test, y_test, verbose=0)
print("pictures are in", args.out)
print(f"test accuracy: {accuracy:.4f}")
