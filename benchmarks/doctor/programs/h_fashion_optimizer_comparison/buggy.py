from tensorflow import keras
from tensorflow.keras.layers import Conv2D, Dense, Flatten, Input, MaxPool2D
from tensorflow.keras.optimizers import SGD
from tensorflow.keras.utils import to_categorical

keras.utils.set_random_seed(6)
(train_images, train_labels), (test_images, test_labels) = keras.datasets.fashion_mnist.load_data()
train_images = train_images[:4000, ..., None] / 255.0
test_images = test_images[:1000, ..., None] / 255.0
train_labels = to_categorical(train_labels[:4000])
test_labels = to_categorical(test_labels[:1000])

results = {}
for name, optimizer in {"sgd": SGD(0.05)}.items():
    model = keras.Sequential([
        Input((28, 28, 1)),
        Conv2D(8, (5, 5), strides=2, activation="relu"),
        MaxPool2D((2, 2)),
        Flatten(),
        Dense(64, activation="relu"),
        Dense(32, activation="relu"),
        Dense(10, activation="softmax"),
    ])
    model.compile(optimizer=optimizer, loss="mean_squared_error", metrics=["accuracy"])
    model.fit(train_images, train_labels, epochs=12, batch_size=32, validation_split=0.1, verbose=0)
    results[name] = model.evaluate(test_images, test_labels, verbose=0)[1]

print("RESULT", "test_accuracy", results["sgd"])
