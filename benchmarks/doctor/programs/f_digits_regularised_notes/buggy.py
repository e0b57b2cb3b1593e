import tensorflow as tf
from tensorflow.keras.layers import Dense, Dropout

tf.keras.utils.set_random_seed(2)
(x, y), (u, v) = tf.keras.datasets.mnist.load_data()
x, y, u, v = x[:4000].reshape(-1, 784) / 255.0, y[:4000], u[:1500].reshape(-1, 784) / 255.0, v[:1500]
rate = 0.8

class Net(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.drops = [Dropout(rate) for _ in range(4)]
        self.fc = [Dense(48, activation="relu") for _ in range(3)]
        self.out = Dense(10, activation="softmax")

    def call(self, t, training=False):
        t = self.drops[0](t, training=training)
        for f, d in zip(self.fc, self.drops[1:]):
            t = d(f(t), training=training)
        return self.out(t)

net = Net()
net.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
net.fit(x, y, epochs=12, batch_size=64, validation_split=0.1, verbose=0)
print("RESULT", "test_accuracy", net.evaluate(u, v, verbose=0)[1])
