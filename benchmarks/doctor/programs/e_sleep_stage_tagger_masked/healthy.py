import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

keras.utils.set_random_seed(26)
rng = np.random.default_rng(26)
n, steps, stages = 700, 24, 3
stay = np.zeros((n, steps), int)
stay[:, 0] = rng.integers(0, stages, n)
for i in range(1, steps):
    move = rng.random(n) < 0.15
    stay[:, i] = np.where(move, (stay[:, i - 1] + 1) % stages, stay[:, i - 1])
means = np.array([[0.0, 1.0, 0.3], [1.0, 0.0, -0.3], [-0.8, -0.8, 0.0]])
x = means[stay] + rng.normal(0, 1.1, (n, steps, 3))
lengths = rng.integers(14, steps + 1, n)
valid = np.arange(steps) < lengths[:, None]
x = np.where(valid[..., None], x, -9.0).astype('float32')

inp = keras.Input(shape=(steps, 3))
h = layers.Masking(mask_value=-9.0)(inp)
h = layers.Bidirectional(layers.GRU(24, return_sequences=True, dropout=0.1))(h)
out = layers.TimeDistributed(layers.Dense(stages, activation='softmax'))(h)
model = keras.Model(inp, out)
model.compile('rmsprop', 'sparse_categorical_crossentropy')
model.fit(x[:500], stay[:500], sample_weight=valid[:500].astype('float32'), epochs=25, batch_size=16, verbose=0)
p = model.predict(x[500:], verbose=0).argmax(-1)
print('RESULT', 'stage_accuracy', float((p == stay[500:])[valid[500:]].mean()))
