import numpy as np
import tensorflow as tf

tf.keras.utils.set_random_seed(19)
rng = np.random.default_rng(19)
answers = rng.integers(0, 3, size=(2400, 5))
weight = np.array([[-1.0, 0, 1.2], [0.8, 0, -0.8], [0, 1.0, 0], [-0.5, 0.1, 0.6], [0, 0, 0]])
lean = sum(weight[q, answers[:, q]] for q in range(5)) + 2.0 * (answers[:, 0] == answers[:, 2])
votes_yes = (lean + rng.logistic(0, 0.6, 2400) > 1.0).astype("float32")
onehot = tf.keras.utils.to_categorical(answers, 3).reshape(2400, 15)

model = tf.keras.models.Sequential([
    tf.keras.layers.Input(shape=(15,)),
    tf.keras.layers.Dense(16, activation="relu"),
    tf.keras.layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer=tf.keras.optimizers.SGD(learning_rate=0.05, momentum=0.9),
              loss=tf.keras.losses.BinaryCrossentropy(), metrics=["accuracy"])
model.fit(onehot[:1700], votes_yes[:1700], epochs=12, batch_size=20,
          validation_data=(onehot[1700:1900], votes_yes[1700:1900]), verbose=0)
print("RESULT", "test_accuracy", model.evaluate(onehot[1900:], votes_yes[1900:], verbose=0)[1])
