import numpy as np
from tensorflow import keras
from tensorflow.keras import layers
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(55)
rng = np.random.default_rng(55)
n, steps = 1500, 64
patient = rng.integers(1, 3, n)
t = np.arange(steps)
freq = np.where(patient == 1, 0.09, 0.15)[:, None] + rng.normal(0, 0.012, (n, 1))
signal = np.sin(2 * np.pi * freq * t + rng.uniform(0, 6.28, (n, 1))) + rng.normal(0, 0.7, (n, steps))
target = patient - 1
X_train, X_test, y_train, y_test = train_test_split(signal[..., None], target, test_size=0.25, random_state=55)

model = keras.Sequential([
    layers.Conv1D(16, 7, activation='relu', input_shape=(steps, 1)),
    layers.MaxPooling1D(2),
    layers.Conv1D(32, 5, activation='relu'),
    layers.GlobalAveragePooling1D(),
    layers.Dense(16, activation='relu'),
    layers.Dense(1, activation='sigmoid'),
])
model.compile(optimizer=keras.optimizers.Adam(0.003), loss='binary_crossentropy', metrics=['accuracy'])
model.fit(X_train, y_train, epochs=15, batch_size=32, validation_split=0.15, verbose=0)
p = model.predict(X_test, verbose=0)[:, 0]
print('RESULT', 'test_accuracy', float(accuracy_score(y_test, np.round(p).astype(int))))
