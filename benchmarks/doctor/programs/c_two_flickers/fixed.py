import numpy as np
import keras
from keras.models import Sequential
from keras.layers import Dense, LSTM, SimpleRNN
from keras.optimizers import Adam
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(27)
r = np.random.default_rng(27)
T = 30
level = r.choice([-1., 1.], 1600)
seq = r.normal(0, 0.5, (1600, T))
seq[:, 2:6] += level[:, None]
second = r.choice([-1., 1.], 1600)
seq[:, 12:16] += second[:, None]
label = (level * second > 0).astype(int)
X_train, X_test, y_train, y_test = train_test_split(seq[..., None], label, test_size=0.25, random_state=27)

model = Sequential()
model.add(keras.Input((T, 1)))
model.add(LSTM(16, return_sequences=True))
model.add(LSTM(16, return_sequences=True))
model.add(LSTM(16))
model.add(Dense(1, activation='sigmoid'))
model.compile(optimizer=Adam(learning_rate=0.005), loss='binary_crossentropy', metrics=['accuracy'])
model.fit(X_train, y_train, batch_size=32, epochs=15, validation_split=0.1, verbose=0)
print('RESULT', 'test_accuracy', model.evaluate(X_test, y_test, verbose=0)[1])
