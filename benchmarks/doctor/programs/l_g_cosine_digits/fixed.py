"""Handwritten digits, AdamW and a cosine schedule over the whole training."""
import numpy as np
import keras
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

EPOCHS = 25
BATCH = 32
WIDTH = 96
keras.utils.set_random_seed(40)

x, y = load_digits(return_X_y=True)
x = (x / 16.0).astype("float32")
x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.25, stratify=y, random_state=40)
x_train, x_val, y_train, y_val = train_test_split(x_train, y_train, test_size=0.15, stratify=y_train, random_state=41)
steps = int(np.ceil(len(x_train) / BATCH))


class Classifier(keras.Model):
    def __init__(self, width, classes):
        super().__init__()
        self.a = layers.Dense(width, activation="relu")
        self.b = layers.Dense(width, activation="relu")
        self.out = layers.Dense(classes, activation="softmax")

    def call(self, x, training=False):
        h = self.a(x)
        return self.out(self.b(h))


schedule = keras.optimizers.schedules.CosineDecay(
    1e-3,
    decay_steps=EPOCHS * steps,
)
model = Classifier(WIDTH, 10)
model.compile(keras.optimizers.AdamW(schedule, weight_decay=1e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=EPOCHS, batch_size=BATCH, verbose=0)
print("RESULT accuracy", float(model.evaluate(x_test, y_test, verbose=0)[1]))
