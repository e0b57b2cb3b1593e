import keras
from keras import backend as K
from keras.layers import Input, Dense
from keras.models import Model
from keras.optimizers import SGD
from sklearn.datasets import make_moons
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(4)
X, t = make_moons(1500, noise=0.12, random_state=4)
X = (X - [0.5, 0.25]) / [0.87, 0.5]
X_train, X_test, t_train, t_test = train_test_split(X, t, test_size=0.3, random_state=1)

def tower(depth, width, act=K.relu):
    first = Input(shape=(2,))
    x = first
    for i in range(depth):
        x = Dense(width, activation=act, kernel_initializer="he_uniform", name="fc%d" % i)(x)
    return Model(first, Dense(1, activation="sigmoid", name="answer")(x))

model = tower(depth=7, width=12)
model.compile(loss="binary_crossentropy", optimizer=SGD(lr=0.02, momentum=0.9), metrics=["accuracy"])
model.fit(X_train, t_train, batch_size=16, epochs=40, verbose=0)
print("RESULT", "test_accuracy", model.evaluate(X_test, t_test, verbose=0)[1])
