import numpy as np
import keras
from keras import layers, models, optimizers

keras.utils.set_random_seed(8)
rng = np.random.default_rng(8)
total = 1200
count = rng.integers(0, 4, total)
yy, xx = np.mgrid[0:18, 0:18]
corners = np.array([[4, 4], [4, 13], [13, 4], [13, 13]])
cells = np.empty((total, 18, 18, 1))
for i, k in enumerate(count):
    plate = rng.normal(40, 12, (18, 18))
    for cy, cx in corners[rng.permutation(4)[:k]] + rng.integers(-1, 2, (k, 2)):
        plate += 170 * np.exp(-((yy - cy) ** 2 + (xx - cx) ** 2) / 4.0)
    cells[i, :, :, 0] = np.clip(plate, 0, 255).round()
cells = cells / 255.0
targets = keras.utils.to_categorical(count, 4)

model = models.Sequential()
model.add(layers.Input(shape=(18, 18, 1)))
model.add(layers.Conv2D(8, (3, 3), activation="relu"))
model.add(layers.MaxPooling2D((2, 2)))
model.add(layers.Flatten())
model.add(layers.Dense(32, activation="relu"))
model.add(layers.Dense(4, activation="softmax"))
model.compile(optimizer=optimizers.SGD(learning_rate=0.02, momentum=0.9),
              loss="categorical_crossentropy", metrics=["accuracy"])
model.fit(cells[:900], targets[:900], batch_size=30, epochs=12, validation_split=0.2, verbose=0)
score = model.evaluate(cells[900:], targets[900:], verbose=0)
print("RESULT", "test_accuracy", score[1])
