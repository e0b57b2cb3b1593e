import keras
import numpy as np

keras.utils.set_random_seed(43)

# creating dataset
x = np.zeros((4000, 2), dtype=int)
x[1000:2000, 1] += 1
x[2000:3000, 0] += 1
x[3000:, :] += 1
np.random.shuffle(x)
y = np.array([bit1 ^ bit2 for bit1, bit2 in x])

x_train, y_train = x[:3000], y[:3000]
x_test, y_test = x[3000:], y[3000:]

# generating keras model
model = keras.models.Sequential([
    keras.layers.Dense(8, input_shape=(2,), activation='relu'),
    keras.layers.Dense(8, activation='relu'),
    keras.layers.Dense(1, activation='sigmoid')
])

# compiling using stochastic gradient descent and MSE
model.compile(optimizer='adam', loss='binary_crossentropy')

# fit and evaluate
model.fit(x_train, y_train, epochs=15, verbose=0)
p = model.predict(x_test, verbose=0).ravel()
print("RESULT", "test_accuracy", float(((p > 0.5) == y_test).mean()))
