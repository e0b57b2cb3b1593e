import numpy as np
import keras
from keras.layers import Input, Dense, Concatenate
from keras.models import Model

keras.utils.set_random_seed(26)
rng = np.random.default_rng(26)

# two products described by 12 standardised properties each; which one is bought?
n = 4800
left, right = rng.normal(size=(n, 12)), rng.normal(size=(n, 12))
w = rng.normal(size=12)
value = lambda p: p @ w + 1.5 * p[:, 0] * p[:, 1] - abs(p[:, 2])
bought = (value(left) > value(right)).astype("float32")

ACT = 'relu'
one, two = Input((12,), name='left'), Input((12,), name='right')
tower = keras.Sequential([Dense(24, activation=ACT) for _ in range(4)], name='tower')
h = Concatenate()([tower(one), tower(two)])
for units in (48, 24, 24, 12):
    h = Dense(units, activation=ACT)(h)
answer = Dense(1, activation='sigmoid')(h)

model = Model([one, two], answer)
model.compile(loss='binary_crossentropy', optimizer=keras.optimizers.SGD(learning_rate=0.05, momentum=0.9), metrics=['accuracy'])
model.fit({'left': left[:4000], 'right': right[:4000]}, bought[:4000],
          validation_split=0.1, epochs=20, batch_size=32, verbose=0)
print('RESULT', 'test_accuracy', model.evaluate({'left': left[4000:], 'right': right[4000:]}, bought[4000:], verbose=0)[1])
