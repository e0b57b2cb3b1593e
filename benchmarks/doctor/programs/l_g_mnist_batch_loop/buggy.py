"""MNIST with a subclassed network and my own loop around train_on_batch."""
import numpy as np
import keras
from keras import layers

SEED, EPOCHS, BATCH = 12, 6, 64
keras.utils.set_random_seed(SEED)

(x, y), (x_test, y_test) = keras.datasets.mnist.load_data()
x = x[:9000].reshape(-1, 784).astype("float32") / 255
y = y[:9000]
x_test = x_test[:2000].reshape(-1, 784).astype("float32") / 255
y_test = y_test[:2000]
x_val, y_val, x, y = x[:1000], y[:1000], x[1000:], y[1000:]


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden1 = layers.Dense(128, activation="relu")
        self.hidden2 = layers.Dense(64, activation="relu")
        self.drop = layers.Dropout(0.2)
        self.head = layers.Dense(10)

    def call(self, inputs, training=False):
        h = self.hidden1(inputs)
        h = self.drop(h, training=training)
        return self.head(self.hidden2(h))


net = Net()
net.compile(
    optimizer=keras.optimizers.Adam(1e-3),
    loss=keras.losses.SparseCategoricalCrossentropy(),
    metrics=["sparse_categorical_accuracy"],
)

rng = np.random.default_rng(SEED)
for epoch in range(EPOCHS):
    order = rng.permutation(len(x))
    net.reset_metrics()
    for start in range(0, len(x), BATCH):
        rows = order[start:start + BATCH]
        logs = net.train_on_batch(x[rows], y[rows], return_dict=True)
    val = net.evaluate(x_val, y_val, verbose=0, return_dict=True)
    print(f"epoch {epoch}  loss {float(logs['loss']):.4f}  val_loss {val['loss']:.4f}")

scores = net.predict(x_test, verbose=0)
print("RESULT accuracy", float(np.mean(scores.argmax(axis=1) == y_test)))
