import numpy as np
from tensorflow import keras
from tensorflow.keras.layers import Input, LSTM, Dense, concatenate
from tensorflow.keras.models import Model

keras.utils.set_random_seed(17)
rng = np.random.default_rng(17)

hours = np.arange(2000)
hour_of_day = hours % 24
weekend = ((hours // 24) % 7 >= 5).astype(float)
outside = np.full(2000, 4.0)
for i in range(1, 2000):
    outside[i] = 4 + 0.97 * (outside[i - 1] - 4) + rng.normal(0, 1.5)
heat = (5200 - 180 * outside + 900 * np.cos((hour_of_day - 7) / 24 * 2 * np.pi)
        - 700 * weekend + rng.normal(0, 90, 2000))          # kW

L = 24
past = np.stack([heat[i:i + L] for i in range(2000 - L)])[..., None]
day = np.stack([np.sin(hour_of_day * np.pi / 12), np.cos(hour_of_day * np.pi / 12), weekend], 1)[L:]
target = heat[L:]
cut = 1500
past = (past - heat[:cut].mean()) / heat[:cut].std()
target = (target - heat[:cut].mean()) / heat[:cut].std()

a = Input(shape=(L, 1), name='past')
b = Input(shape=(3,), name='day')
m = concatenate([LSTM(24)(a), Dense(16, activation='relu')(b)])
m = Dense(24, activation='relu')(m)
out = Dense(1)(m)
model = Model(inputs=[a, b], outputs=out)
model.compile(loss='mean_squared_error', optimizer='adam', metrics=['mae'])
model.fit([past[:cut], day[:cut]], target[:cut], epochs=15, batch_size=32,
          validation_split=0.1, verbose=0)

pred = model.predict([past[cut:], day[cut:]], verbose=0).ravel()
print('RESULT', 'r2', float(1 - np.mean((pred - target[cut:]) ** 2) / np.var(target[cut:])))
