import numpy as np
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import LSTM, Dense, Input
from tensorflow.keras.optimizers import RMSprop
from tensorflow.keras.utils import set_random_seed

set_random_seed(71)
rng = np.random.default_rng(71)
shocks = 0.3 * rng.normal(size=760)
rate = np.zeros(760)
for day in range(2, 760):
    rate[day] = 1.6 * rate[day - 1] - 0.8 * rate[day - 2] + shocks[day]
rate /= rate[:500].std()
past = 12
seq = np.array([rate[d - past:d] for d in range(past, 760)])[:, :, None]
nxt = rate[past:]

model = Sequential()
model.add(Input((past, 1)))
model.add(LSTM(16))
model.add(Dense(1))
model.compile(optimizer=RMSprop(learning_rate=0.5), loss="mse")
model.fit(seq[:500], nxt[:500], epochs=15, batch_size=32, shuffle=True, verbose=0)
ahead = model.predict(seq[512:], verbose=0)[:, 0]
print("RESULT", "test_mse", float(np.mean((ahead - nxt[512:]) ** 2)))
