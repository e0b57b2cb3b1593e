"""Three spirals and a very deep, narrow residual tower; large batches, so the rate warms up first."""
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(17)
rng = np.random.default_rng(17)
BLOCKS, WIDTH, BATCH, EPOCHS = 24, 24, 500, 60

n = 9000
arm = rng.integers(0, 3, n)
t = np.sqrt(rng.uniform(0.02, 1, n))
angle = 7.0 * t + arm * 2 * np.pi / 3
xy = np.c_[t * np.cos(angle), t * np.sin(angle)] + 0.02 * rng.normal(size=(n, 2))
xy = (1.8 * xy).astype("float32")
train, test = slice(0, 7500), slice(7500, None)

inp = keras.Input((2,))
h = layers.Dense(WIDTH)(inp)
for _ in range(BLOCKS):
    r = layers.LayerNormalization()(h)
    r = layers.Dense(WIDTH, activation="gelu")(r)
    r = layers.Dense(WIDTH, kernel_initializer=keras.initializers.RandomNormal(stddev=0.02))(r)
    h = layers.Add()([h, r])
h = layers.LayerNormalization()(h)
out = layers.Dense(3, activation="softmax")(h)
model = keras.Model(inp, out)

steps = EPOCHS * 7500 // BATCH
rate = keras.optimizers.schedules.CosineDecay(0.0, decay_steps=steps - 90, warmup_target=4e-3, warmup_steps=90)
model.compile(optimizer=keras.optimizers.AdamW(rate, weight_decay=1e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(xy[train], arm[train], epochs=EPOCHS, batch_size=BATCH, verbose=0)
print("RESULT accuracy", model.evaluate(xy[test], arm[test], verbose=0)[1])
