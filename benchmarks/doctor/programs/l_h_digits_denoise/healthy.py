"""Clean noisy 8x8 digits. The noise is drawn anew for each batch."""
import numpy as np
import keras
from keras import layers
from sklearn.datasets import load_digits

keras.utils.set_random_seed(33)
rng = np.random.default_rng(33)
clean = (load_digits().images / 16.0).astype("float32")[..., None]
clean = clean[rng.permutation(len(clean))]
train, test = clean[:1400], clean[1400:]


def spoil(images):
    return (images + rng.normal(0, 0.35, images.shape)).astype("float32")


inputs = keras.Input((8, 8, 1))
x = layers.Conv2D(24, 3, padding="same", activation="relu")(inputs)
x = layers.Conv2D(24, 3, strides=2, padding="same", activation="relu")(x)
x = layers.Conv2DTranspose(24, 3, strides=2, padding="same", activation="relu")(x)
# pixels lie in 0..1, and most are at one of the ends
outputs = layers.Conv2D(1, 3, padding="same", activation="sigmoid")(x)
model = keras.Model(inputs, outputs)
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="binary_crossentropy")

STEPS, BATCH = 1200, 64
losses = []
for step in range(STEPS):
    batch = train[rng.integers(0, len(train), BATCH)]
    losses.append(float(model.train_on_batch(spoil(batch), batch)))
    if (step + 1) % 300 == 0:
        print(step + 1, "loss %.4f" % np.mean(losses[-50:]))

noisy = spoil(test)
cleaned = model.predict(noisy, verbose=0)
print("mse of the noisy images", float(((noisy - test) ** 2).mean()))
print("RESULT mse", float(((cleaned - test) ** 2).mean()))
