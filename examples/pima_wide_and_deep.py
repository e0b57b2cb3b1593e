"""A table three ways: wide, deep, and both at once.

The wide part sees each column cut into bins, as a linear model with steps; the deep part sees the
columns normalized and mixes them in hidden layers; "wide and deep" adds the two (Cheng et al.,
2016).
Everything that prepares the columns is a layer, so the saved model takes the table as it is.

After Keras's example "Structured data learning with Wide, Deep, and Cross networks" (K. Salama,
2020).
"""

import argparse
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import gyeol as keras
from gyeol import layers

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--quick", action="store_true", help="five epochs")
parser.add_argument("--epochs", type=int, help="times through the data (60)")
parser.add_argument("--seed", type=int, default=0, help="the same seed, the same run")
parser.add_argument(
    "--out", type=Path, default=Path("runs/pima_wide_and_deep"), help="for pictures"
)
args = parser.parse_args()

args.out.mkdir(parents=True, exist_ok=True)
keras.utils.set_random_seed(args.seed)

COLUMNS = ["pregnancies", "glucose", "pressure", "skin", "insulin", "mass", "pedigree", "age"]

(x_train, y_train), (x_test, y_test) = keras.datasets.pima_diabetes.load_data()


def by_column(table):
    return {name: table[:, place : place + 1] for place, name in enumerate(COLUMNS)}


train, test = by_column(x_train), by_column(x_test)
positive = y_train.mean()
class_weight = {0: 0.5 / (1 - positive), 1: 0.5 / positive}  # both answers count alike


def wide(inputs):
    """Each column as one of ten bins."""
    features = []
    for name in COLUMNS:
        bins = layers.Discretization(num_bins=10, output_mode="one_hot", name=f"{name}_bins")
        bins.adapt(train[name])
        features.append(bins(inputs[name]))
    return layers.concatenate(features)


def deep(inputs):
    """Each column with mean 0 and deviation 1, then two hidden layers."""
    features = []
    for name in COLUMNS:
        normalization = layers.Normalization(name=f"{name}_scaled")
        normalization.adapt(train[name])
        features.append(normalization(inputs[name]))
    x = layers.concatenate(features)
    for units in (32, 16):
        x = layers.Dense(units, activation="relu", kernel_regularizer="l2")(x)
        x = layers.Dropout(0.2)(x)
    return x


def model_of(name, *parts):
    inputs = {column: layers.Input(shape=(1,), name=column) for column in COLUMNS}
    features = [part(inputs) for part in parts]
    x = layers.concatenate(features) if len(features) > 1 else features[0]
    outputs = layers.Dense(1, activation="sigmoid", kernel_regularizer="l2")(x)
    return keras.Model(inputs, outputs, name=name)


results = {}
for name, parts in {"wide": [wide], "deep": [deep], "wide_and_deep": [wide, deep]}.items():
    model = model_of(name, *parts)
    model.compile(
        optimizer=keras.optimizers.Adam(0.005),
        loss="binary_crossentropy",
        metrics=["accuracy", keras.metrics.AUC(name="auc")],
    )
    model.fit(
        train,
        y_train,
        epochs=args.epochs or (5 if args.quick else 60),
        class_weight=class_weight,
        verbose=0,
    )
    results[name] = model.evaluate(test, y_test, verbose=0, return_dict=True)
    print(f"{name:14} accuracy {results[name]['accuracy']:.3f}  AUC {results[name]['auc']:.3f}")

# The layers that prepare the columns are in the file, with what they learned from the table.
model.save(args.out / "wide_and_deep.keras")
again = keras.models.load_model(args.out / "wide_and_deep.keras")
first = {name: column[:1] for name, column in test.items()}
print("first patient:", np.round(again.predict(first, verbose=0)[0, 0], 3))

figure, place = plt.subplots(figsize=(6, 3.5))
for shift, measure in ((-0.2, "accuracy"), (0.2, "auc")):
    values = [result[measure] for result in results.values()]
    place.bar(np.arange(3) + shift, values, width=0.4, label=measure)
place.set_xticks(np.arange(3), list(results))
place.set_ylim(0.5, 1)
place.legend()
figure.tight_layout()
figure.savefig(args.out / "comparison.png")
plt.close(figure)

print("pictures are in", args.out)
print(f"test accuracy: {results['wide_and_deep']['accuracy']:.4f}")
