import numpy as np
import tensorflow as tf
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Dense
from tensorflow.keras.optimizers import SGD

tf.random.set_seed(2)
np.random.seed(2)
tf.keras.utils.set_random_seed(2)

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=np.float32)
lamp = np.array([[0], [1], [1], [0]], dtype=np.float32)

model = Sequential()
model.add(Dense(16, input_dim=2, activation="tanh"))
model.add(Dense(1, activation="sigmoid"))
model.compile(loss="binary_crossentropy", optimizer=SGD(learning_rate=0.1, momentum=0.9))

history = model.fit(X, lamp, batch_size=1, epochs=300, verbose=0)
out = model.predict(X, verbose=0)
print(history.history["loss"][-1], out.ravel().round(3))
print("RESULT", "mean_error", float(np.abs(out - lamp).mean()))
