import tensorflow as tf

tf.random.set_seed(0)
tf.keras.utils.set_random_seed(0)
(x, y), (xt, yt) = tf.keras.datasets.mnist.load_data()
x, y = x[:5000].reshape(5000, 784) / 255.0, y[:5000]
xt, yt = xt[:2000].reshape(2000, 784) / 255.0, yt[:2000]

inp = tf.keras.Input(shape=(784,))
h = inp
for k in range(7):
    h = tf.keras.layers.Dense(32, activation="sigmoid", name=f"fc{k}")(h)
out = tf.keras.layers.Dense(10, activation="softmax")(h)
net = tf.keras.Model(inp, out)
net.compile(optimizer=tf.keras.optimizers.SGD(0.05), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
stop = tf.keras.callbacks.EarlyStopping(monitor="val_loss", patience=6, restore_best_weights=True)
net.fit(x, y, validation_split=0.1, epochs=15, batch_size=32, callbacks=[stop], verbose=0)
print("RESULT", "test_accuracy", net.evaluate(xt, yt, verbose=0)[1])
