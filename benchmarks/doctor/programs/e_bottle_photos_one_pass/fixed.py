import numpy as np
import keras
from keras.layers import Input, Conv2D, AveragePooling2D, BatchNormalization, Activation, Flatten, Dense
from keras.models import Model
from keras.optimizers import SGD
from keras.utils import np_utils

np.random.seed(1671)
keras.utils.set_random_seed(1671)
n = 900
size = np.random.randint(0, 3, n)
yy, xx = np.mgrid[:20, :20]
cx, cy = np.random.uniform(7, 13, (2, n, 1, 1))
r = np.array([3.0, 4.5, 6.0])[size][:, None, None]
photo = (np.hypot(xx - cx, yy - cy) < r) * np.random.uniform(0.5, 1.0, (n, 1, 1)) + np.random.normal(0, 0.1, (n, 20, 20))
photo = np.clip(photo, 0, 1)[..., None]
classes = np_utils.to_categorical(size, 3)

a = Input(shape=(20, 20, 1))
x = Conv2D(12, (3, 3), activation='relu')(a)
x = AveragePooling2D()(x)
x = Conv2D(16, (3, 3), activation='relu')(x)
x = AveragePooling2D()(x)
x = Flatten()(x)
x = Dense(32, activation='relu')(x)
b = Dense(3, activation='softmax')(x)
model = Model(inputs=a, outputs=b)
model.compile(optimizer=SGD(lr=0.01, momentum=0.9), loss='categorical_crossentropy', metrics=['accuracy'])
model.fit(photo[:600], classes[:600], batch_size=16, epochs=40, verbose=0)
print('RESULT', 'test_accuracy', model.evaluate(photo[600:], classes[600:], verbose=0)[1])
