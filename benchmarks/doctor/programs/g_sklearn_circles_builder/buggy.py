from sklearn.datasets import make_circles
from sklearn.model_selection import train_test_split
import keras
from keras.layers import Dense
from keras.models import Sequential
from keras.optimizers import Adam

SEED = 4
keras.utils.set_random_seed(SEED)

X, y = make_circles(n_samples=2000, noise=0.1, factor=0.4, random_state=SEED)
trainX, testX, trainy, testy = train_test_split(X, y, test_size=0.3, random_state=SEED)


def build(depth, activation):
    net = Sequential()
    net.add(Dense(20, input_dim=2, activation=activation))
    for _ in range(depth - 1):
        net.add(Dense(20, activation=activation))
    net.add(Dense(1, activation="sigmoid"))
    return net


model = build(8, "sigmoid")
model.compile(loss="binary_crossentropy", optimizer=Adam(learning_rate=0.001), metrics=["accuracy"])
model.summary()
model.fit(trainX, trainy, epochs=25, batch_size=32, validation_split=0.15, verbose=0)
_, train_acc = model.evaluate(trainX, trainy, verbose=0)
_, test_acc = model.evaluate(testX, testy, verbose=0)
print("Train: %.3f" % train_acc)
print("RESULT", "test_accuracy", test_acc)
