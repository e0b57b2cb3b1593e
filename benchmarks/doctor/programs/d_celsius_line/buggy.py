import numpy as np
import tensorflow as tf

tf.random.set_seed(12)
np.random.seed(12)

celsius = np.random.uniform(-40, 60, 200).astype(float)
fahrenheit = celsius * 1.8 + 32 + np.random.normal(0, 0.5, 200)

layer0 = tf.keras.layers.Dense(units=1, input_shape=[1])
model = tf.keras.Sequential([layer0])

model.compile(loss='mean_squared_error', optimizer=tf.keras.optimizers.SGD(0.01))
model.fit(celsius[:150], fahrenheit[:150], epochs=100, verbose=False)

pred = model.predict(celsius[150:], verbose=0).ravel()
print("RESULT", "mae", float(np.abs(pred - fahrenheit[150:]).mean()))
