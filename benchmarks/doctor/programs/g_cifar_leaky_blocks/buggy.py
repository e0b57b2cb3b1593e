import keras
from keras import layers, initializers

keras.utils.set_random_seed(19)
(x, y), (x_test, y_test) = keras.datasets.cifar10.load_data()
x, y = x[:3200].astype("float32") / 255, y[:3200].ravel()
x_test, y_test = x_test[:800].astype("float32") / 255, y_test[:800].ravel()

init = initializers.RandomNormal(mean=0.0, stddev=1.0, seed=19)

def block(x, filters):
    x = layers.Conv2D(filters, 3, padding="same", kernel_initializer=init)(x)
    x = layers.LeakyReLU(negative_slope=0.1)(x)
    return layers.MaxPooling2D(2)(x)

inputs = keras.Input((32, 32, 3))
h = block(inputs, 10)
h = block(h, 24)
h = block(h, 24)
h = layers.Flatten()(h)
h = layers.Dense(48, activation="relu", kernel_initializer=init)(h)
outputs = layers.Dense(10, activation="softmax", kernel_initializer=init)(h)
model = keras.Model(inputs, outputs)
model.compile(optimizer=keras.optimizers.Adam(0.002), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=6, batch_size=32, validation_split=0.1, verbose=0)
print("RESULT test_accuracy", model.evaluate(x_test, y_test, verbose=0)[1])
