import numpy as np
import keras
from keras.layers import *
from keras.models import *
from keras.preprocessing.image import ImageDataGenerator

keras.utils.set_random_seed(29)
rng = np.random.default_rng(29)
N, S = 320, 32
yy, xx = np.mgrid[:S, :S]
imgs, masks = [], []
for _ in range(N):
    cells = rng.uniform(0, S, (7, 2))
    d = np.sort(np.hypot(yy[..., None] - cells[:, 0], xx[..., None] - cells[:, 1]), -1)
    edge = (d[..., 1] - d[..., 0]) < 1.8
    imgs.append(np.where(edge, 0.35, 0.65) + rng.normal(0, 0.1, (S, S)))
    masks.append(edge)
imgs, masks = np.array(imgs)[..., None].astype('float32'), np.array(masks)[..., None].astype('float32')

args = dict(horizontal_flip=True, vertical_flip=True)
image_flow = ImageDataGenerator(**args).flow(imgs[:240], batch_size=16, seed=29)
mask_flow = ImageDataGenerator(**args).flow(masks[:240], batch_size=16, seed=29)

def train_generator():
    while True:
        yield next(image_flow), next(mask_flow)

inputs = Input((S, S, 1))
conv1 = Conv2D(12, 3, activation='relu', padding='same', kernel_initializer='he_normal')(inputs)
pool1 = MaxPooling2D(pool_size=(2, 2))(conv1)
conv2 = Conv2D(24, 3, activation='relu', padding='same', kernel_initializer='he_normal')(pool1)
up1 = Conv2D(12, 2, activation='relu', padding='same', kernel_initializer='he_normal')(UpSampling2D(size=(2, 2))(conv2))
merge1 = concatenate([conv1, up1], axis=3)
conv3 = Conv2D(12, 3, activation='relu', padding='same', kernel_initializer='he_normal')(merge1)
model = Model(inputs, Conv2D(1, 1, activation='sigmoid')(conv3))
model.compile(optimizer=keras.optimizers.Adam(learning_rate=3e-3), loss='binary_crossentropy', metrics=['accuracy'])
model.fit(train_generator(), steps_per_epoch=3, epochs=4, verbose=0)
p, t = model.predict(imgs[240:], verbose=0) > 0.5, masks[240:] > 0.5
print('RESULT', 'test_iou', float((p & t).sum() / (p | t).sum()))
