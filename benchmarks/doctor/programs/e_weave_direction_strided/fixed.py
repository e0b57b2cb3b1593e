import numpy as np
import keras
from keras.layers import Input, Conv2D, Flatten, Dense
from keras.models import Model
from keras.optimizers import Adam

keras.utils.set_random_seed(404)
rng = np.random.default_rng(404)
n = 2400
kind = rng.integers(0, 4, n)
yy, xx = np.mgrid[:16, :16]
angle = kind[:, None, None] * np.pi / 4 + rng.normal(0, 0.08, (n, 1, 1))
phase = rng.uniform(0, 2 * np.pi, (n, 1, 1))
imgs = 0.5 + 0.35 * np.sin(1.3 * (np.cos(angle) * xx + np.sin(angle) * yy) + phase) + rng.normal(0, 0.1, (n, 16, 16))
imgs = (imgs[..., np.newaxis] - 0.5).astype('float32')
onehot = keras.utils.to_categorical(kind, 4)

inp = Input((16, 16, 1))
x = Conv2D(12, 3, strides=2, padding='same', activation='relu', name='conv1')(inp)
x = Conv2D(24, 3, strides=2, padding='same', activation='relu', name='conv2')(x)
x = Flatten()(x)
x = Dense(48, activation='relu', name='fc')(x)
out = Dense(4, activation='softmax')(x)
model = Model(inp, out)
model.compile(Adam(1e-3), 'categorical_crossentropy', metrics=['accuracy'])
model.fit(imgs[:1800], onehot[:1800], batch_size=32, epochs=12, validation_split=0.1, verbose=0)
print('RESULT', 'test_accuracy', model.evaluate(imgs[1800:], onehot[1800:], verbose=0)[1])
