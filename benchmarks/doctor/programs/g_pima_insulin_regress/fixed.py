import numpy as np
import tensorflow as tf
from tensorflow.keras import Input, Model
from tensorflow.keras.layers import Dense
from sklearn.preprocessing import MinMaxScaler
from sklearn.metrics import r2_score

tf.keras.utils.set_random_seed(31)
rng = np.random.default_rng(31)
n = 800
glucose = rng.normal(121, 30, n).clip(50, 199)
bmi = rng.normal(32, 6.5, n).clip(18, 60)
age = 21 + rng.gamma(1.3, 9, n)
skin = 0.6 * bmi + rng.normal(8, 4, n)
pressure = rng.normal(70, 12, n)
insulin = 20 + 1.1 * (glucose - 60).clip(0) * (bmi / 32) ** 1.5 + 35 * np.sin(age / 8) + rng.normal(0, 14, n)
data = np.c_[glucose, bmi, age, skin, pressure]

scaler = MinMaxScaler()
train_x = scaler.fit_transform(data[:600])
test_x = scaler.transform(data[600:])
train_y, test_y = insulin[:600], insulin[600:]
m, s = train_y.mean(), train_y.std()
train_y, test_y = (train_y - m) / s, (test_y - m) / s

a = Input(shape=(5,))
b = Dense(48, activation='tanh')(a)
b = Dense(24, activation='tanh')(b)
c = Dense(1)(b)
model = Model(inputs=a, outputs=c)
model.compile(optimizer=tf.keras.optimizers.Adam(learning_rate=0.003), loss='mse', metrics=['mae'])
model.fit(train_x, train_y, validation_split=0.1, epochs=100, batch_size=16, verbose=0)
print('RESULT r2', r2_score(test_y, model.predict(test_x, verbose=0).ravel()))
