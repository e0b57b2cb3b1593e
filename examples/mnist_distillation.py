"""A small network learns from a large one: knowledge distillation.

A student sees, beside the labels, how sure the teacher is of every digit: that a seven looks a
little like a one says more than the label alone (Hinton, Vinyals and Dean, 2015). The loss of its
own is one method, `compute_loss`. On a task as easy as this one the two students end close
together.

After Keras's example "Knowledge Distillation" (K. Borup, 2020).
"""

import argparse
from pathlib import Path

import matplotlib.pyplot as plt

import gyeol as keras
from gyeol import layers, ops

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--quick", action="store_true", help="a small part of the data, two epochs")
parser.add_argument("--epochs", type=int, help="times through the data (3)")
parser.add_argument("--seed", type=int, default=0, help="the same seed, the same run")
parser.add_argument(
    "--out", type=Path, default=Path("runs/mnist_distillation"), help="for pictures"
)
args = parser.parse_args()

args.out.mkdir(parents=True, exist_ok=True)
keras.utils.set_random_seed(args.seed)
epochs = args.epochs or (2 if args.quick else 3)

(x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
if args.quick:
    x_train, y_train, x_test, y_test = x_train[:2000], y_train[:2000], x_test[:500], y_test[:500]
x_train, x_test = x_train[..., None] / 255.0, x_test[..., None] / 255.0


def network(width, name):
    """Two convolutions; the outputs are logits, before the softmax."""
    return keras.Sequential(
        [
            layers.Input(shape=(28, 28, 1)),
            layers.Conv2D(width, 3, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.MaxPooling2D(2, strides=1, padding="same"),
            layers.Conv2D(2 * width, 3, strides=2, padding="same"),
            layers.Flatten(),
            layers.Dense(10),
        ],
        name=name,
    )


class Distiller(keras.Model):
    """Trains a student on the labels and on a teacher's outputs.

    Args:
        student, teacher: networks that give logits.
        alpha: the weight of the labels; the teacher has the rest.
        temperature: how much the teacher's probabilities are softened.
    """

    def __init__(self, student, teacher, alpha=0.3, temperature=3):
        super().__init__()
        self.student = student
        self.teacher = teacher
        self.teacher.trainable = False
        self.alpha = alpha
        self.temperature = temperature

    def call(self, inputs):
        return self.student(inputs)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        label_loss = super().compute_loss(x, y, y_pred, sample_weight, training)
        soft = ops.softmax(self.teacher(x, training=False) / self.temperature)
        own = ops.log_softmax(y_pred / self.temperature)
        difference = ops.mean(ops.sum(soft * (ops.log(soft + 1e-7) - own), axis=-1))
        distillation_loss = difference * self.temperature**2
        return self.alpha * label_loss + (1 - self.alpha) * distillation_loss


def compiled(model):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss, metrics=["accuracy"])
    return model


teacher = compiled(network(32 if args.quick else 64, "teacher"))
teacher.fit(x_train, y_train, epochs=epochs, verbose=2)

alone = compiled(network(8, "student_alone"))
student = keras.models.clone_model(alone)
student.set_weights(alone.get_weights())  # both begin as the same network
alone.fit(x_train, y_train, epochs=epochs, verbose=2)

distiller = compiled(Distiller(student, teacher))
distiller.fit(x_train, y_train, epochs=epochs, verbose=2)

results = {
    "teacher": teacher.evaluate(x_test, y_test, verbose=0)[1],
    "student alone": alone.evaluate(x_test, y_test, verbose=0)[1],
    "student of the teacher": distiller.evaluate(x_test, y_test, verbose=0)[1],
}
figure, place = plt.subplots(figsize=(6, 3.5))
place.barh(list(results), list(results.values()))
place.set_xlim(min(results.values()) - 0.02, 1)
place.locator_params(axis="x", nbins=5)
place.set_xlabel("test accuracy")
figure.tight_layout()
figure.savefig(args.out / "accuracy.png")
plt.close(figure)

for name, accuracy in results.items():
    print(f"{name}: {accuracy:.4f}")
print("pictures are in", args.out)
print(f"test accuracy: {results['student of the teacher']:.4f}")
