import numpy as np
import keras
from keras.models import Sequential
from keras.layers import Dense, Dropout
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(37)
np.random.seed(37)
outlook = np.eye(3)[np.random.randint(0, 3, 1400)]
warm = np.random.randn(1400)
humid = np.random.randn(1400)
windy = np.random.randint(0, 2, 1400)
want = outlook @ [1.0, 0.6, -1.4] + 0.8 * warm - 0.9 * humid - 0.8 * windy * outlook[:, 2] + 0.3 * np.random.randn(1400)
play = (want > 0.2).astype('float32')
table = np.c_[outlook, warm, humid, windy]
x_train, x_test, y_train, y_test = train_test_split(table, play, test_size=0.2, random_state=37)

model = Sequential([
    Dense(32, activation='relu', input_shape=(6,)),
    Dropout(0.1),
    Dense(32, activation='relu'),
    Dense(1, activation='sigmoid'),
])
model.compile(loss='binary_crossentropy', optimizer=keras.optimizers.Adam(lr=0.005), metrics=['accuracy'])
model.fit(x_train, y_train, epochs=20, batch_size=32, verbose=0)
print('RESULT', 'test_accuracy', model.evaluate(x_test, y_test, verbose=0)[1])
