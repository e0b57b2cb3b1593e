import numpy as np
import keras
from keras.layers import Input, Dense, Embedding, Flatten, concatenate
from keras.models import Model

keras.utils.set_random_seed(20)
rng = np.random.default_rng(20)
n = 3000
town = rng.integers(0, 12, n)
area = rng.uniform(20, 160, n)
floor = rng.integers(1, 25, n)
level = rng.normal(0, 0.35, 12)
log_price = np.log(area) + level[town] + 0.01 * floor + 0.004 * area * (level[town] > 0.2) + rng.normal(0, 0.08, n)

numbers = np.column_stack([np.log(area), floor]).astype('float32')
mu, sd = numbers[:2400].mean(axis=0), numbers[:2400].std(axis=0)
numbers = (numbers - mu) / sd
target = (log_price - log_price[:2400].mean()) / log_price[:2400].std()

town_in = Input(shape=(1,), name='town')
num_in = Input(shape=(2,), name='numbers')
emb = Flatten()(Embedding(12, 3)(town_in))
merged = concatenate([emb, num_in])
h = Dense(32, activation='relu')(merged)
h = Dense(16, activation='relu')(h)
model = Model(inputs=[town_in, num_in], outputs=Dense(1)(h))
model.compile(optimizer='adam', loss='mae', metrics=['mse'])
model.fit([town[:2400], numbers[:2400]], target[:2400], validation_split=0.1, epochs=20, batch_size=32, verbose=0)
p = model.predict([town[2400:], numbers[2400:]], verbose=0).ravel()
print('RESULT', 'r2', 1 - ((p - target[2400:]) ** 2).mean() / target[2400:].var())
