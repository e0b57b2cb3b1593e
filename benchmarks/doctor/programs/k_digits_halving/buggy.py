"""Digits with a rate that is halved every ten rounds."""
import keras
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(52)
EPOCHS, BATCH = 40, 32
images, labels = load_digits(return_X_y=True)
images = (images / 16.0).astype("float32")
x_tr, x_te, y_tr, y_te = train_test_split(images, labels, test_size=0.2, random_state=52, stratify=labels)

# start at 0.05, half of it every ten epochs
halving = keras.optimizers.schedules.ExponentialDecay(0.05, decay_steps=10, decay_rate=0.5)

model = keras.Sequential([
    keras.Input(shape=(64,)),
    layers.Dense(48, activation="relu"),
    layers.Dense(24, activation="relu"),
    layers.Dense(10, activation="softmax"),
])
model.compile(optimizer=keras.optimizers.SGD(learning_rate=halving),
              loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_tr, y_tr, epochs=EPOCHS, batch_size=BATCH, verbose=0)
loss, acc = model.evaluate(x_te, y_te, verbose=0)
print("loss", loss)
print("RESULT accuracy", acc)
