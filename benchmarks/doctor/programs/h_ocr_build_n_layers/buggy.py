import keras
from keras import layers, initializers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(33)
pixels, number = load_digits(return_X_y=True)
pixels = pixels / 16.0
x_train, x_test, y_train, y_test = train_test_split(pixels, number, test_size=0.25, random_state=33)


def build_model(n_hidden=6, n_neurons=40, activation="sigmoid", rate=0.01):
    model = keras.Sequential(name="deep_net")
    model.add(layers.InputLayer(shape=(64,)))
    for i in range(n_hidden):
        model.add(layers.Dense(n_neurons, activation=activation, name=f"hidden_{i + 1}",
                               kernel_initializer=initializers.GlorotUniform(seed=i)))
    model.add(layers.Dense(10, activation="softmax", name="digit"))
    opt = keras.optimizers.SGD(learning_rate=rate, momentum=0.9, nesterov=True)
    model.compile(loss="sparse_categorical_crossentropy", optimizer=opt, metrics=["accuracy"])
    return model


model = build_model(n_hidden=6)
model.fit(x_train, y_train, epochs=25, batch_size=32, validation_split=0.1, verbose=0)
print("RESULT", "test_accuracy", model.evaluate(x_test, y_test, verbose=0)[1])
