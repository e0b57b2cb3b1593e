import tensorflow as tf
from tensorflow.keras import Sequential
from tensorflow.keras.layers import Dense
from tensorflow.keras.callbacks import ReduceLROnPlateau
from sklearn.datasets import make_moons

tf.random.set_seed(40)
X, y = make_moons(n_samples=1000, noise=0.15, random_state=40)
X_train, y_train = X[:600], y[:600]
X_val, y_val = X[600:750], y[600:750]
X_test, y_test = X[750:], y[750:]

model = Sequential([
    Dense(24, activation='elu', input_dim=2),
    Dense(24, activation='elu'),
    Dense(2, activation='softmax'),
])
model.compile(optimizer=tf.keras.optimizers.Adam(0.01), loss='sparse_categorical_crossentropy', metrics=['accuracy'])
plateau = ReduceLROnPlateau(monitor='val_loss', factor=0.5, patience=6, min_lr=1e-4)
model.fit(X_train, y_train, validation_data=(X_val, y_val), epochs=60, batch_size=32, callbacks=[plateau], verbose=0)
print('RESULT test_accuracy', model.evaluate(X_test, y_test, verbose=0)[1])
