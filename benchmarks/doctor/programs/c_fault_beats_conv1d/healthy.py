import numpy as np
import keras
from keras.models import Sequential
from keras.layers import Conv1D, MaxPooling1D, Dense, BatchNormalization, GlobalAveragePooling1D, Dropout
from sklearn.metrics import f1_score
from sklearn.utils.class_weight import compute_class_weight

keras.utils.set_random_seed(90)
rng = np.random.RandomState(90)
N, T = 2600, 96
t = np.arange(T)
y = (rng.rand(N) < 0.12).astype(int)
X = np.zeros((N, T))
for i in range(N):
    pos = rng.randint(20, 70)
    w = 2.0 if y[i] == 0 else 4.5
    X[i] = 1.2 * np.exp(-((t - pos) / w) ** 2) - 0.4 * np.exp(-((t - pos - 9) / 3) ** 2)
    X[i] += 0.15 * np.sin(t / rng.uniform(8, 20)) + 0.12 * rng.randn(T)
X = (X - X.mean(1, keepdims=True)) / X.std(1, keepdims=True)
X = X[..., None].astype('float32')

weights = compute_class_weight('balanced', classes=np.array([0, 1]), y=y[:2000])
model = Sequential()
model.add(Conv1D(16, 7, activation='relu', input_shape=(T, 1)))
model.add(BatchNormalization())
model.add(MaxPooling1D(2))
model.add(Conv1D(24, 5, activation='relu'))
model.add(GlobalAveragePooling1D())
model.add(Dropout(0.3))
model.add(Dense(1, activation='sigmoid'))
model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['AUC'])
model.fit(X[:2000], y[:2000], batch_size=32, epochs=15, verbose=0, validation_split=0.15,
          class_weight={0: weights[0], 1: weights[1]})
print('RESULT', 'test_f1', f1_score(y[2000:], model.predict(X[2000:], verbose=0)[:, 0] > 0.5))
