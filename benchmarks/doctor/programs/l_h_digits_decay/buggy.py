"""Hand-written digits with a learning rate that shrinks by 10 % per epoch."""
import keras
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

BATCH = 32
EPOCHS = 25
keras.utils.set_random_seed(11)

digits = load_digits()
images = digits.data / 16.0
labels = keras.utils.to_categorical(digits.target, 10)
x_train, x_test, y_train, y_test = train_test_split(
    images, labels, test_size=0.25, random_state=11, stratify=digits.target)
x_train, x_val, y_train, y_val = train_test_split(
    x_train, y_train, test_size=0.15, random_state=11)

# every epoch: lr <- 0.9 * lr
schedule = keras.optimizers.schedules.ExponentialDecay(
    initial_learning_rate=2e-3,
    decay_steps=1,
    decay_rate=0.9,
)

inputs = keras.Input(shape=(64,))
h = layers.Dense(64, activation="relu")(inputs)
h = layers.Dropout(0.2)(h)
h = layers.Dense(32, activation="relu")(h)
outputs = layers.Dense(10, activation="softmax")(h)
model = keras.Model(inputs, outputs, name="digits")

model.compile(optimizer=keras.optimizers.Adam(learning_rate=schedule),
              loss="categorical_crossentropy", metrics=["accuracy"])
history = model.fit(x_train, y_train, validation_data=(x_val, y_val),
                    batch_size=BATCH, epochs=EPOCHS, verbose=0)
for epoch in range(0, EPOCHS, 6):
    print(epoch, "loss %.3f val_loss %.3f" % (history.history["loss"][epoch], history.history["val_loss"][epoch]))
print("RESULT accuracy", model.evaluate(x_test, y_test, verbose=0)[1])
