import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(60)
rng = np.random.default_rng(60)
yy, xx = np.mgrid[:16, :16]

scans, masks = [], []
for _ in range(800):
    texture = 0.5 + rng.normal(0, 0.15, (16, 16))
    ring_y, ring_x, dot_y, dot_x = rng.integers(3, 13, 4)
    disc = (yy - dot_y) ** 2 + (xx - dot_x) ** 2 <= 5
    square = np.maximum(abs(yy - ring_y), abs(xx - ring_x)) == 2
    scans.append(texture + 0.4 * disc + 0.4 * (square & ~disc))
    masks.append(disc)
scans = np.clip(scans, 0, 1.2)[..., None].astype("float32")
masks = np.array(masks)[..., None].astype("float32")

image = keras.Input((16, 16, 1))
d1 = layers.Conv2D(12, 3, padding="same", activation="relu")(layers.Rescaling(2.0, offset=-1.0)(image))
d2 = layers.Conv2D(24, 3, padding="same", activation="relu")(layers.MaxPooling2D()(d1))
d2 = layers.Conv2D(24, 3, padding="same", activation="relu")(d2)
up = layers.Conv2DTranspose(12, 2, strides=2, activation="relu")(d2)
up = layers.Concatenate()([up, d1])
mask = layers.Conv2D(1, 3, padding="same", activation="sigmoid")(up)
unet = keras.Model(image, mask)
unet.compile(optimizer=keras.optimizers.Nadam(0.004), loss="binary_crossentropy",
             metrics=[keras.metrics.Precision(), keras.metrics.Recall()])
unet.fit(scans[:500], masks[:500], batch_size=16, epochs=10, validation_data=(scans[500:600], masks[500:600]), verbose=0)
found = unet.predict(scans[600:], verbose=0) > 0.5
truth = masks[600:] > 0.5
print("RESULT", "iou", float((found & truth).sum() / (found | truth).sum()))
