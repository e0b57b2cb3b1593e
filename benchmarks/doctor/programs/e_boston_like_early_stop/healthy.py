import numpy as np
import tensorflow as tf
from sklearn.datasets import make_friedman1
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler, MinMaxScaler
from tensorflow.keras.callbacks import EarlyStopping

tf.keras.utils.set_random_seed(19)
X, y = make_friedman1(n_samples=900, n_features=8, noise=0.8, random_state=19)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=1)
x_scaler = MinMaxScaler().fit(X_train)
y_scaler = StandardScaler().fit(y_train[:, None])
X_train, X_test = x_scaler.transform(X_train), x_scaler.transform(X_test)
y_train = y_scaler.transform(y_train[:, None])

model = tf.keras.Sequential([
    tf.keras.layers.Dense(32, activation='relu', input_shape=[X_train.shape[1]]),
    tf.keras.layers.Dense(16, activation='relu'),
    tf.keras.layers.Dense(1)
])
model.compile(loss='mse', optimizer=tf.keras.optimizers.RMSprop(0.003), metrics=['mae'])
early_stop = EarlyStopping(monitor='val_loss', patience=15, restore_best_weights=True)
model.fit(X_train, y_train, epochs=150, batch_size=16, validation_split=0.2, verbose=0, callbacks=[early_stop])
pred = y_scaler.inverse_transform(model.predict(X_test, verbose=0))[:, 0]
print('RESULT', 'r2', 1 - np.sum((pred - y_test) ** 2) / np.sum((y_test - y_test.mean()) ** 2))
