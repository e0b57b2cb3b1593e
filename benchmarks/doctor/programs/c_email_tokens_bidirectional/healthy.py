import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(64)
rng = np.random.default_rng(64)
max_features, maxlen = 200, 30

# token 7 before token 9 marks an order, the other way round a complaint
x = rng.integers(20, max_features, (2400, maxlen))
y = rng.integers(0, 2, 2400)
for i in range(2400):
    a, b = np.sort(rng.choice(maxlen, 2, replace=False))
    x[i, a], x[i, b] = (7, 9) if y[i] else (9, 7)
x_train, y_train, x_val, y_val = x[:1800], y[:1800], x[1800:2100], y[1800:2100]

# Input for variable-length sequences of integers
inputs = keras.Input(shape=(None,), dtype="int32")
h = layers.Embedding(max_features, 16)(inputs)
h = layers.Bidirectional(layers.LSTM(16))(h)
outputs = layers.Dense(1, activation="sigmoid")(h)
model = keras.Model(inputs, outputs)

model.compile(optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, batch_size=32, epochs=8, validation_data=(x_val, y_val), verbose=0)
print("RESULT test_accuracy", model.evaluate(x[2100:], y[2100:], verbose=0)[1])
