from tensorflow import keras
from tensorflow.keras.layers import Dense, Flatten, Input
from tensorflow.keras.models import Model

keras.utils.set_random_seed(8)
(train_x, train_y), (test_x, test_y) = keras.datasets.mnist.load_data()
train_x, train_y = train_x[:6000] / 255.0, keras.utils.to_categorical(train_y[:6000], 10)
test_x, test_y = test_x[:1500] / 255.0, keras.utils.to_categorical(test_y[:1500], 10)

image = Input(shape=(28, 28))
h = Flatten()(image)
h = Dense(100, activation="sigmoid")(h)
h = Dense(60, activation="sigmoid")(h)
digit = Dense(10, activation="softmax")(h)
model = Model(image, digit)
model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.1, momentum=0.9),
              loss="categorical_crossentropy", metrics=["accuracy"])
model.fit(train_x, train_y, validation_split=0.1, epochs=20, batch_size=32, verbose=0)
print("RESULT", "test_accuracy", model.evaluate(test_x, test_y, verbose=0)[1])
