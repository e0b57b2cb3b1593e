import keras
from keras import layers
from keras.initializers import RandomNormal
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(44)
digits = load_digits()
X = (digits.images / 16.0)[..., None]
X_train, X_test, y_train, y_test = train_test_split(
    X, digits.target, test_size=0.3, stratify=digits.target, random_state=44)

init = RandomNormal(mean=0.0, stddev=1.0)

net = keras.Sequential(name="critic")
net.add(keras.Input((8, 8, 1)))
net.add(layers.Conv2D(16, 3, padding="same", kernel_initializer=init))
net.add(layers.LeakyReLU(0.2))
net.add(layers.Conv2D(32, 3, strides=2, padding="same", kernel_initializer=init))
net.add(layers.LeakyReLU(0.2))
net.add(layers.Conv2D(48, 3, strides=2, padding="same", kernel_initializer=init))
net.add(layers.LeakyReLU(0.2))
net.add(layers.Flatten())
net.add(layers.Dense(64, kernel_initializer=init))
net.add(layers.LeakyReLU(0.2))
net.add(layers.Dense(10, activation="softmax", kernel_initializer=init))
net.compile(keras.optimizers.Adam(learning_rate=0.0005, beta_1=0.5),
            loss="sparse_categorical_crossentropy", metrics=["accuracy"])
net.fit(X_train, y_train, epochs=7, batch_size=32, validation_split=0.1, verbose=0)
loss, acc = net.evaluate(X_test, y_test, verbose=0)
print("RESULT", "test_accuracy", acc, "loss", loss)
