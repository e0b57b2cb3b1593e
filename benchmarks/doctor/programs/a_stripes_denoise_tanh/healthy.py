import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(8)
gen = np.random.default_rng(8)
u, v = np.meshgrid(np.arange(16), np.arange(16))

def stripes(count):
    angle = gen.uniform(0, np.pi, (count, 1, 1))
    period = gen.uniform(4, 9, (count, 1, 1))
    phase = gen.uniform(0, 2 * np.pi, (count, 1, 1))
    wave = np.sin(2 * np.pi * (u * np.cos(angle) + v * np.sin(angle)) / period + phase)
    return np.tanh(3 * wave)[..., None].astype("float32")

clean = stripes(700)
noisy = clean + gen.normal(0, 0.9, clean.shape).astype("float32")

x = inp = keras.Input((16, 16, 1))
for filters, activation in [(16, "elu"), (16, "elu"), (1, "tanh")]:
    x = layers.Conv2D(filters, 5, padding="same", activation=activation)(x)
denoiser = keras.Model(inp, x)
denoiser.compile(keras.optimizers.Adam(0.003), loss="mean_squared_error", metrics=["mae"])
denoiser.fit(noisy[:450], clean[:450], batch_size=16, epochs=8,
             validation_data=(noisy[450:550], clean[450:550]), verbose=0)
print("RESULT", "test_mse", denoiser.evaluate(noisy[550:], clean[550:], verbose=0)[0])
