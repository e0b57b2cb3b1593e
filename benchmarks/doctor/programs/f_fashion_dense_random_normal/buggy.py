import tensorflow as tf
from tensorflow.keras.layers import Dense, Flatten, Input
from tensorflow.keras.models import Model
from tensorflow.keras.initializers import RandomNormal

tf.keras.utils.set_random_seed(8)
(train_x, train_y), (test_x, test_y) = tf.keras.datasets.fashion_mnist.load_data()
train_x, train_y = train_x[:4000].astype("float32") / 255, train_y[:4000]
test_x, test_y = test_x[:1500].astype("float32") / 255, test_y[:1500]

init = RandomNormal(mean=0.0, stddev=2.0)
i = Input((28, 28))
z = Flatten()(i)
for n in (128, 64, 64, 32):
    z = Dense(n, activation="relu", kernel_initializer=init)(z)
o = Dense(10, activation="softmax", kernel_initializer=init)(z)
model = Model(i, o)
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(train_x, train_y, epochs=8, batch_size=64, validation_split=0.1, verbose=0)
print("RESULT", "test_accuracy", model.evaluate(test_x, test_y, verbose=0)[1])
