"""Fashion MNIST convnet: I followed the tutorial and my accuracy stays very low. What am I missing?"""
import keras
from keras import layers

keras.utils.set_random_seed(3)

(train_images, train_labels), (test_images, test_labels) = keras.datasets.fashion_mnist.load_data()
train_images, train_labels = train_images[:7000], train_labels[:7000]
test_images, test_labels = test_images[:2000], test_labels[:2000]
train_images = train_images[..., None].astype("float32") / 255.0
test_images = test_images[..., None].astype("float32") / 255.0

class_names = ["top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot"]

model = keras.Sequential()
model.add(keras.Input(shape=(28, 28, 1)))
model.add(layers.Conv2D(16, 3, strides=2, padding="same", activation="relu"))
model.add(layers.Conv2D(32, 3, strides=2, padding="same", activation="relu"))
model.add(layers.Flatten())
model.add(layers.Dropout(0.3))
model.add(layers.Dense(64, activation="relu"))
model.add(layers.Dense(len(class_names)))

model.compile(
    optimizer="adam",
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
model.fit(train_images, train_labels, epochs=7, batch_size=64, validation_split=0.1, verbose=2)

test_loss, test_acc = model.evaluate(test_images, test_labels, verbose=0)
print("test loss", test_loss)
print("RESULT accuracy", float(test_acc))
