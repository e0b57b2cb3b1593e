"""Which crop suits the field? 5 crops; columns N, P, K, temperature, humidity, ph, rainfall, crop."""
import numpy as np
import keras
from keras import layers
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(3)
rng = np.random.default_rng(3)

N_CROPS = 5
EPOCHS = 25

# one centre per crop, readings spread around it
centres = np.array([[80, 48, 40, 23, 82, 6.4, 236],
                    [78, 48, 20, 22, 65, 6.2, 85],
                    [40, 68, 80, 19, 17, 7.3, 80],
                    [21, 20, 30, 31, 50, 5.8, 95],
                    [100, 82, 50, 27, 80, 6.0, 105]], dtype="float64")
spread = np.array([14, 10, 9, 3.0, 9, 0.5, 22])
crop = rng.integers(0, N_CROPS, 2500)
fields = centres[crop] + spread * rng.normal(size=(2500, 7))
table = np.column_stack([fields, crop])

# bring the columns to 0..1
low, high = table.min(axis=0), table.max(axis=0)
table[:, :-1] = (table[:, :-1] - low[:-1]) / (high[:-1] - low[:-1])

x, y = table[:, :-1], table[:, -1]
x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.2, random_state=1)

inputs = keras.Input(shape=(7,))
h = layers.Dense(32, activation="relu")(inputs)
h = layers.Dense(16, activation="relu")(h)
outputs = layers.Dense(N_CROPS, activation="softmax")(h)
model = keras.Model(inputs, outputs)

model.compile(optimizer=keras.optimizers.Adam(0.003),
              loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, validation_split=0.15, epochs=EPOCHS, batch_size=32, verbose=2)
loss, acc = model.evaluate(x_test, y_test, verbose=0)
print("RESULT accuracy", acc)
