import keras
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(11)
EPOCHS = 40
BATCH = 32

x, y = load_digits(return_X_y=True)
x = (x / 16.0).astype("float32")
x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.25, random_state=11)
steps_per_epoch = len(x_train) // BATCH + 1

# start at 0.1 and halve the learning rate every 10 epochs
schedule = keras.optimizers.schedules.ExponentialDecay(
    initial_learning_rate=0.1,
    decay_steps=10 * steps_per_epoch,
    decay_rate=0.5,
)

inputs = keras.Input((64,))
h = layers.Dense(64, activation="relu")(inputs)
h = layers.Dense(32, activation="relu")(h)
outputs = layers.Dense(10, activation="softmax")(h)
model = keras.Model(inputs, outputs)

model.compile(
    optimizer=keras.optimizers.SGD(learning_rate=schedule),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
print("steps per epoch:", steps_per_epoch)
hist = model.fit(x_train, y_train, epochs=EPOCHS, batch_size=BATCH, verbose=0)
print("loss, first and last epoch:", hist.history["loss"][0], hist.history["loss"][-1])
loss, acc = model.evaluate(x_test, y_test, verbose=0)
print("RESULT", "accuracy", float(acc))
