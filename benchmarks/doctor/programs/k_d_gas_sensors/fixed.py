"""Six gases, eight metal-oxide sensors: which gas is in the chamber?"""
import numpy as np
import keras
from keras import initializers, layers

keras.utils.set_random_seed(1)
rng = np.random.default_rng(1)

GASES = ["ethanol", "ethylene", "ammonia", "acetone", "toluene", "acetaldehyde"]
response = rng.normal(0, 1.0, size=(len(GASES), 8))
gas = rng.integers(0, len(GASES), 3600)
dose = rng.uniform(0.7, 1.6, size=(3600, 1))
reading = dose * response[gas] + 0.3 * rng.normal(size=(3600, 8))
train, test = slice(0, 3000), slice(3000, None)
reading = (reading - reading[train].mean(0)) / reading[train].std(0)


# I want every run to start from the same point
def start():
    return initializers.GlorotUniform(seed=1)


class GasNet(keras.Model):
    def __init__(self):
        super().__init__()
        self.d1 = layers.Dense(32, activation="relu", kernel_initializer=start())
        self.d2 = layers.Dense(32, activation="relu", kernel_initializer=start())
        self.out = layers.Dense(len(GASES), activation="softmax")

    def call(self, inputs):
        return self.out(self.d2(self.d1(inputs)))


model = GasNet()
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(reading[train], gas[train], epochs=20, batch_size=32, verbose=0)
guess = np.argmax(model.predict(reading[test], verbose=0), axis=1)
for i, name in enumerate(GASES):
    print(name, (guess[gas[test] == i] == i).mean().round(2))
print("RESULT accuracy", (guess == gas[test]).mean())
