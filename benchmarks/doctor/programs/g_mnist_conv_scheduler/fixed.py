import numpy as np
import tensorflow as tf
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Input, Conv2D, MaxPooling2D, Flatten, Dense, Dropout
from tensorflow.keras.callbacks import LearningRateScheduler, ReduceLROnPlateau
from tensorflow.keras.utils import to_categorical

tf.keras.utils.set_random_seed(5)
(X, y), (X_test, y_test) = tf.keras.datasets.mnist.load_data()
X = np.expand_dims(X[:3000], -1).astype("float32") / 255
X_test = np.expand_dims(X_test[:1000], -1).astype("float32") / 255
y, y_test = to_categorical(y[:3000]), to_categorical(y_test[:1000])

def step_decay(epoch):
    initial_lrate = 0.002
    drop = 0.5
    epochs_drop = 3.0
    return initial_lrate * drop ** np.floor((1 + epoch) / epochs_drop)

model = Sequential([
    Input((28, 28, 1)),
    Conv2D(16, (3, 3), activation="relu"),
    MaxPooling2D((2, 2)),
    Conv2D(24, (3, 3), activation="relu"),
    MaxPooling2D((2, 2)),
    Flatten(),
    Dense(64, activation="relu"),
    Dropout(0.25),
    Dense(10, activation="softmax"),
])
model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
model.fit(X, y, validation_split=0.1, epochs=8, batch_size=32,
          callbacks=[LearningRateScheduler(step_decay)], verbose=0)
_, accuracy = model.evaluate(X_test, y_test, verbose=0)
print(f"RESULT test_accuracy {accuracy:.4f}")
