import numpy as np
from tensorflow import keras
from tensorflow.keras import layers
from tensorflow.keras.models import Model

keras.utils.set_random_seed(11)
rng = np.random.default_rng(11)
# seven members vote yes / no, the chair (first) counts twice, the motion passes with 5 of 8
votes = rng.integers(0, 2, (1500, 7)).astype("float32")
y = (votes.sum(1) + votes[:, 0] >= 5).astype("float32").reshape(-1, 1)
x_train, x_test = votes[:1200], votes[1200:]
y_train, y_test = y[:1200], y[1200:]

inputs = layers.Input(shape=(x_train.shape[1],))
h = layers.Dense(16, activation="relu")(inputs)
h = layers.Dense(16, activation="relu")(h)
outputs = layers.Dense(y_train.shape[1])(h)
outputs = layers.Softmax(name="p")(outputs)
model = Model(inputs=inputs, outputs=outputs)
model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.005),
              loss=keras.losses.BinaryCrossentropy(),
              metrics=[keras.metrics.BinaryAccuracy(name="acc")])
hist = model.fit(x_train, y_train, batch_size=32, epochs=20, validation_split=0.15, verbose=0)
print([round(v, 3) for v in hist.history["val_acc"]][-5:])
loss, acc = model.evaluate(x_test, y_test, verbose=0)
print("RESULT", "test_accuracy", acc)
