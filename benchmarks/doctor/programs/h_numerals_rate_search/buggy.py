import tensorflow as tf

tf.keras.utils.set_random_seed(5)
(train_x, train_y), (test_x, test_y) = tf.keras.datasets.mnist.load_data()
train_x = train_x[:3000].reshape(3000, 784).astype("float32") / 255
test_x = test_x[:1000].reshape(1000, 784).astype("float32") / 255
train_y, test_y = train_y[:3000], test_y[:1000]

model = tf.keras.models.Sequential([
    tf.keras.Input(shape=(784,)),
    tf.keras.layers.Dense(128, activation="relu"),
    tf.keras.layers.Dense(64, activation="relu"),
    tf.keras.layers.Dense(10, activation="softmax"),
])

lr_schedule = tf.keras.callbacks.LearningRateScheduler(lambda epoch: 1e-3 * 10 ** (epoch / 5))
optimizer = tf.keras.optimizers.SGD(learning_rate=1e-3, momentum=0.9)
model.compile(loss="sparse_categorical_crossentropy", optimizer=optimizer, metrics=["accuracy"])
history = model.fit(train_x, train_y, epochs=16, batch_size=32, validation_split=0.1,
                    callbacks=[lr_schedule], verbose=0)

print("last training loss", history.history["loss"][-1])
loss, acc = model.evaluate(test_x, test_y, verbose=0)
print("RESULT", "test_accuracy", acc)
