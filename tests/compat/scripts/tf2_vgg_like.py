"""A deep convolutional network of blocks, as in the CIFAR tutorials."""

import numpy as np
import tensorflow as tf
from tensorflow.keras.layers import (
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    GlobalAveragePooling2D,
    MaxPooling2D,
)
from tensorflow.keras.models import Sequential
from tensorflow.keras.optimizers import SGD
from tensorflow.keras.utils import to_categorical

x = np.random.rand(12, 8, 8, 3).astype("float32")
y = to_categorical(np.random.randint(0, 10, 12), 10)
model = Sequential()
model.add(
    Conv2D(4, (3, 3), padding="same", kernel_initializer="he_uniform", input_shape=x.shape[1:])
)
model.add(BatchNormalization())
model.add(Activation("relu"))
model.add(MaxPooling2D((2, 2)))
model.add(Dropout(0.2))
model.add(Conv2D(4, (3, 3), padding="same", kernel_regularizer=tf.keras.regularizers.l2(1e-4)))
model.add(GlobalAveragePooling2D())
model.add(Dense(10, activation="softmax"))
opt = SGD(learning_rate=0.01, momentum=0.9, decay=1e-2)
model.compile(optimizer=opt, loss="categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=1, batch_size=12, verbose=0)
assert int(opt.iterations) == 1 and abs(float(opt.lr.numpy()) - 0.01) < 1e-8
loss, acc = model.evaluate(x, y, verbose=0)
assert 0 <= acc <= 1
