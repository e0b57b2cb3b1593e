import numpy as np
import keras
from keras import layers
from keras.datasets import fashion_mnist

keras.utils.set_random_seed(2)
(train_images, train_labels), (test_images, test_labels) = fashion_mnist.load_data()
train_images, train_labels = train_images[10000:13000], train_labels[10000:13000]
test_images, test_labels = test_images[:800], test_labels[:800]

inputs = keras.Input(shape=(28, 28))
x = layers.Reshape((28, 28, 1))(inputs)
x = layers.Rescaling(1.0 / 127.5, offset=-1)(x)
for size in [16, 32]:
    x = layers.Conv2D(size, 3, strides=2, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    x = layers.Activation("relu")(x)
x = layers.Flatten()(x)
x = layers.Dropout(0.4)(x)
outputs = layers.Dense(10)(x)
model = keras.Model(inputs, outputs)

model.compile(
    optimizer=keras.optimizers.AdamW(learning_rate=3e-3, weight_decay=1e-2),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
callbacks = [keras.callbacks.ReduceLROnPlateau(monitor="val_loss", factor=0.3, patience=2)]
model.fit(train_images, train_labels, validation_split=0.1, epochs=10, batch_size=32, callbacks=callbacks, verbose=0)
test_loss, test_acc = model.evaluate(test_images, test_labels, verbose=0)
print("RESULT", "test_accuracy", test_acc)
