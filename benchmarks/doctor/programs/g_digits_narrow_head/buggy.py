import keras
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(4)
images, target = load_digits(return_X_y=True)
images = (images / 16).reshape((-1, 8, 8, 1))
xa, xb, ya, yb = train_test_split(images, target, test_size=400, random_state=8)
inp = keras.Input((8, 8, 1))
z = layers.Conv2D(2, 3, activation="relu")(inp)
z = layers.MaxPooling2D(2)(z)
z = layers.Conv2D(2, 2, activation="relu")(z)
z = layers.GlobalAveragePooling2D()(z)
out = layers.Dense(10, activation="softmax")(z)
m = keras.Model(inp, out)
m.compile(optimizer=keras.optimizers.Adam(0.004), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
stop = keras.callbacks.EarlyStopping(patience=6, restore_best_weights=True)
m.fit(xa, ya, validation_split=0.15, epochs=25, batch_size=32, callbacks=[stop], verbose=0)
print("RESULT", "test_accuracy", m.evaluate(xb, yb, verbose=0)[1])
