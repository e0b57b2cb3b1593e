import numpy as np
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Conv1D, GlobalAveragePooling1D, Dense, BatchNormalization
from tensorflow.keras.utils import set_random_seed, to_categorical

set_random_seed(13)
rng = np.random.default_rng(13)
t = np.arange(96)
y = rng.integers(0, 4, 1500)
speed = np.array([0.25, 0.55, 0.95, 1.5])
waves = np.sin(speed[y][:, None] * t * rng.uniform(0.92, 1.08, (1500, 1)) + rng.uniform(0, 6.28, (1500, 1)))
waves = (waves + rng.normal(0, 0.5, waves.shape))[..., None]
Y = to_categorical(y, 4)

model = Sequential()
model.add(Conv1D(filters=16, kernel_size=7, activation='relu', input_shape=(96, 1)))
model.add(BatchNormalization())
model.add(Conv1D(filters=32, kernel_size=5, strides=2, activation='relu'))
model.add(BatchNormalization())
model.add(Conv1D(filters=32, kernel_size=3, activation='relu'))
model.add(GlobalAveragePooling1D())
model.add(Dense(4, activation='softmax'))
model.compile(loss='categorical_crossentropy', optimizer='adam', metrics=['accuracy'])
model.fit(waves[:1200], Y[:1200], validation_split=0.1, epochs=15, batch_size=32, verbose=0)
score = model.evaluate(waves[1200:], Y[1200:], verbose=0)
print('RESULT', 'accuracy', score[1])
