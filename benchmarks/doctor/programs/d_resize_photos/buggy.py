import numpy as np
import keras
from keras.models import Model
from keras.layers import Input, Conv2D, Add
from keras.optimizers import Adam
from keras.datasets import cifar10

keras.utils.set_random_seed(19)
(photos, _), (test_photos, _) = cifar10.load_data()
hr = photos[:900].astype('float32') / 255.
hr_test = test_photos[:200].astype('float32') / 255.

def degrade(img):
    small = (img[:, ::2, ::2] + img[:, 1::2, ::2] + img[:, ::2, 1::2] + img[:, 1::2, 1::2]) / 4
    return small.repeat(2, 1).repeat(2, 2)

lr, lr_test = degrade(hr), degrade(hr_test)
detail, detail_test = 6 * (hr - lr), 6 * (hr_test - lr_test)

inputs = Input(shape=(32, 32, 3))
x = Conv2D(16, (5, 5), activation='relu', padding='same')(inputs)
y = Conv2D(16, (3, 3), activation='relu', padding='same')(x)
x = Add()([x, y])
outputs = Conv2D(3, (3, 3), activation='relu', padding='same')(x)
vdsr = Model(inputs, outputs)
vdsr.compile(optimizer=Adam(1e-4), loss='mse')
vdsr.fit(lr, detail, batch_size=16, epochs=5, validation_split=0.1, verbose=0)
restored = lr_test + vdsr.predict(lr_test, verbose=0) / 6
print('RESULT', 'mse_over_upscaled', float(((restored - hr_test) ** 2).mean() / ((lr_test - hr_test) ** 2).mean()))
