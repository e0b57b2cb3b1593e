import numpy as np
from tensorflow import keras
from tensorflow.keras import Model
from tensorflow.keras.layers import Input, Dense

keras.utils.set_random_seed(3)
x = np.arange(-1.0, 1.02, 0.02)
y = 2 * x - 1
x = np.reshape(x, (-1, 1))
y = np.reshape(y, (-1, 1))

input_1 = Input(shape=(1,))
dense_1 = Dense(4, activation='relu')(input_1)
dense_2 = Dense(2, activation='relu')(dense_1)
dense_3 = Dense(1, activation='relu')(dense_2)

model_2 = Model(inputs=input_1, outputs=dense_3)
model_2.compile(loss=keras.losses.MeanSquaredError(), optimizer=keras.optimizers.Adam(0.001))
model_2.fit(x[::2], y[::2], epochs=300, verbose=0)

p = model_2.predict(x[1::2], verbose=0)
print('RESULT test_mse', float(np.mean((p - y[1::2]) ** 2)))
