import tensorflow as tf

tf.keras.utils.set_random_seed(41)
(ti, tl), (si, sl) = tf.keras.datasets.fashion_mnist.load_data()
ti, tl, si, sl = ti[:5000] / 255.0, tl[:5000], si[:2000] / 255.0, sl[:2000]

model = tf.keras.Sequential([
    tf.keras.layers.Flatten(input_shape=(28, 28)),
    tf.keras.layers.Dense(128, activation="relu"),
    tf.keras.layers.Dense(10),
])
model.compile(optimizer="adam",
              loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True),
              metrics=["accuracy"])
history = model.fit(ti, tl, epochs=8, batch_size=32, validation_split=0.1, verbose=0)
test_loss, test_acc = model.evaluate(si, sl, verbose=0)
print("RESULT", "test_accuracy", test_acc)
