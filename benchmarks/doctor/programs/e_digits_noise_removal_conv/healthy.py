import numpy as np
from tensorflow import keras
from tensorflow.keras import layers
from sklearn.datasets import load_digits

keras.utils.set_random_seed(3)
rng = np.random.default_rng(3)
clean = (load_digits().images / 16.0).astype('float32')[..., None]
clean = clean[rng.permutation(len(clean))]
hit = rng.random(clean.shape) < 0.2
noisy = np.where(hit, rng.integers(0, 2, clean.shape), clean).astype('float32')

inputs = layers.Input(shape=(8, 8, 1))
x = layers.Conv2D(24, 3, activation='relu', padding='same')(inputs)
x = layers.Conv2D(32, 3, activation='relu', padding='same')(x)
x = layers.Flatten()(x)
x = layers.Dense(96, activation='relu')(x)
x = layers.Dropout(0.2)(x)
x = layers.Dense(64, activation='sigmoid')(x)
x = layers.Reshape((8, 8, 1))(x)

denoiser = keras.Model(inputs, x)
denoiser.compile(optimizer='adam', loss='mse')
stop = keras.callbacks.EarlyStopping(patience=6, restore_best_weights=True)
denoiser.fit(noisy[:1400], clean[:1400], epochs=25, batch_size=32, shuffle=True,
             validation_split=0.1, callbacks=[stop], verbose=0)
print('RESULT', 'test_mse', denoiser.evaluate(noisy[1400:], clean[1400:], verbose=0))
