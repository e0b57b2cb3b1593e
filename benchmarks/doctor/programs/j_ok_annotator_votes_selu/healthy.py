# Five annotators vote on each digit (they err); the net learns the shares of votes.
import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(21)
rng = np.random.default_rng(21)

x, y = load_digits(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.3, random_state=21, stratify=y)

votes = np.repeat(y_train[:, None], 5, axis=1)
wrong = rng.random(votes.shape) < 0.15
votes[wrong] = rng.integers(0, 10, wrong.sum())
shares = np.stack([(votes == k).mean(axis=1) for k in range(10)], axis=1).astype("float32")

# pixel counts 0..16 are scaled inside the model
norm = layers.Rescaling(1 / 8.0, offset=-1.0)
model = keras.Sequential([keras.Input((64,)), norm])
for width in (96, 96, 64, 64, 64, 48, 48, 32):
    model.add(layers.Dense(width, activation="selu", kernel_initializer="lecun_normal"))
model.add(layers.Dense(10, activation="softmax"))

epochs, batch = 30, 32
steps = epochs * (len(x_train) // batch)
rate = keras.optimizers.schedules.CosineDecay(1e-3, decay_steps=steps, alpha=0.01)
model.compile(optimizer=keras.optimizers.AdamW(rate, weight_decay=1e-3), loss="kl_divergence")
model.fit(x_train, shares, epochs=epochs, batch_size=batch, verbose=0)

guess = model.predict(x_test, verbose=0).argmax(axis=1)
print("RESULT", "accuracy", float((guess == y_test).mean()))
