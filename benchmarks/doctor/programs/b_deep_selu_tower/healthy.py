import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(611)
rng = np.random.default_rng(611)
points = rng.normal(size=(3600, 4)).astype("float32")
radius = np.sqrt((points[:, :3] ** 2).sum(1))
inside = (radius + 0.3 * points[:, 3] < 1.54).astype("int32")
noise = rng.random(3600) < 0.04
inside = np.where(noise, 1 - inside, inside)

model = keras.Sequential([keras.Input((4,))])
for _ in range(13):
    model.add(layers.Dense(24, activation="selu", kernel_initializer="lecun_normal"))
model.add(layers.Dense(2, activation="softmax"))
model.compile(optimizer=keras.optimizers.Adam(0.001), loss="sparse_categorical_crossentropy",
              metrics=["accuracy"])
model.fit(points[:2600], inside[:2600], validation_split=0.1, epochs=16, batch_size=32, verbose=0,
          callbacks=[keras.callbacks.EarlyStopping(patience=5, restore_best_weights=True)])
loss, accuracy = model.evaluate(points[2600:], inside[2600:], verbose=0)
print("RESULT", "test_accuracy", accuracy)
