"""ImageDataGenerator.flow with fit_generator, a float steps_per_epoch and workers=."""

import numpy as np
from keras.layers import Dense, Flatten
from keras.models import Sequential
from keras.preprocessing.image import ImageDataGenerator

x = np.random.randint(0, 256, (20, 8, 8, 3)).astype("float32")
y = np.random.randint(0, 2, 20)
datagen = ImageDataGenerator(rescale=1.0 / 255, rotation_range=10, horizontal_flip=True)
flow = datagen.flow(x, y, batch_size=8)
first, labels = next(flow)
assert first.shape == (8, 8, 8, 3) and first.max() <= 1.0 and labels.shape == (8,)
model = Sequential([Flatten(input_shape=(8, 8, 3)), Dense(1, activation="sigmoid")])
model.compile(loss="binary_crossentropy", optimizer="rmsprop", metrics=["acc"])
history = model.fit_generator(
    datagen.flow(x, y, batch_size=8),
    steps_per_epoch=len(x) / 8,
    epochs=2,
    validation_data=(x / 255, y),
    workers=2,
    use_multiprocessing=False,
    max_queue_size=4,
    verbose=0,
)
assert list(history.history) and len(history.history["val_acc"]) == 2
assert int(model.optimizer.iterations) == 6
