import keras
from keras import layers

keras.utils.set_random_seed(70)
(x, y), (x_test, y_test) = keras.datasets.fashion_mnist.load_data()
x, y = x[:5000, ..., None] / 255.0, y[:5000]
x_test, y_test = x_test[:1000, ..., None] / 255.0, y_test[:1000]

epochs, batch = 10, 64
steps = epochs * (4500 // batch + 1)
schedule = keras.optimizers.schedules.CosineDecay(0.05, decay_steps=steps)

model = keras.Sequential([
    keras.Input((28, 28, 1)),
    layers.Conv2D(24, 3, strides=2, padding="same", use_bias=False),
    layers.BatchNormalization(),
    layers.ReLU(),
    layers.Conv2D(48, 3, strides=2, padding="same", use_bias=False),
    layers.BatchNormalization(),
    layers.ReLU(),
    layers.Dropout(0.3),
    layers.Flatten(),
    layers.Dense(10),
])
model.compile(
    optimizer=keras.optimizers.SGD(schedule, momentum=0.9, nesterov=True),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
model.fit(x, y, epochs=epochs, batch_size=batch, validation_split=0.1, verbose=0)
print("RESULT", "test_accuracy", model.evaluate(x_test, y_test, verbose=0)[1])
