import numpy as np
import tensorflow as tf
from tensorflow.keras.layers import Input, Conv2D, MaxPooling2D, UpSampling2D, concatenate
from tensorflow.keras.models import Model
from tensorflow.keras.optimizers import Adam

tf.random.set_seed(3)
rng = np.random.RandomState(3)

def make_tile(size=32):
    yy, xx = np.mgrid[:size, :size]
    mask = np.zeros((size, size), bool)
    for _ in range(rng.randint(2, 5)):
        r, c, rad = rng.randint(4, size - 4), rng.randint(4, size - 4), rng.uniform(2.5, 5.5)
        mask |= (yy - r) ** 2 + (xx - c) ** 2 < rad ** 2
    img = 0.25 + 0.3 * mask + 0.12 * rng.randn(size, size)
    return np.clip(img, 0, 1), mask

tiles = [make_tile() for _ in range(360)]
imgs = np.array([t[0] for t in tiles], 'float32')[..., None]
masks = np.array([t[1] for t in tiles], 'float32')[..., None]

def dice_loss(y_true, y_pred):
    inter = tf.reduce_sum(y_true * y_pred)
    return 1 - (2. * inter + 1.) / (tf.reduce_sum(y_true) + tf.reduce_sum(y_pred) + 1.)

def get_unet():
    inputs = Input((32, 32, 1))
    c1 = Conv2D(8, (3, 3), activation='relu', padding='same')(inputs)
    p1 = MaxPooling2D((2, 2))(c1)
    c2 = Conv2D(16, (3, 3), activation='relu', padding='same')(p1)
    u1 = concatenate([UpSampling2D((2, 2))(c2), c1], axis=3)
    c3 = Conv2D(8, (3, 3), activation='relu', padding='same')(u1)
    out = Conv2D(1, (1, 1), activation='sigmoid')(c3)
    model = Model(inputs=[inputs], outputs=out)
    model.compile(optimizer=Adam(learning_rate=3e-3), loss=dice_loss, metrics=['accuracy'])
    return model

model = get_unet()
model.fit(imgs[:280], masks[:280], batch_size=16, epochs=6, verbose=0, shuffle=True, validation_split=0.1)
pred = model.predict(imgs[280:], verbose=0) > 0.5
truth = masks[280:] > 0.5
print('RESULT', 'test_iou', float((pred & truth).sum() / (pred | truth).sum()))
