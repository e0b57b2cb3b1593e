import numpy as np
import keras
from keras import layers
from sklearn.datasets import load_digits

keras.utils.set_random_seed(27)
pix, num = load_digits(return_X_y=True)
idx = np.random.default_rng(27).permutation(len(num))
pix, num = (pix[idx] / 16.0).astype("float32"), num[idx]
odd = (num % 2).astype("float32")

flat = keras.Input((64,), name="flat")
body = flat
for width in (64, 64, 48, 32):
    body = layers.Dense(width, activation="relu")(body)
digit = layers.Dense(10, activation="softmax", name="digit")(body)
parity = layers.Dense(1, activation="sigmoid", name="parity")(body)
model = keras.Model(flat, [digit, parity])
model.compile(optimizer=keras.optimizers.Adam(),
              loss=["sparse_categorical_crossentropy", "binary_crossentropy"], loss_weights=[1.0, 0.5])
model.fit(pix[:1250], [num[:1250], odd[:1250]], epochs=10, batch_size=32, validation_split=0.1, verbose=0)
digits_out, _ = model.predict(pix[1250:], verbose=0)
print("RESULT", "digit_accuracy", float((digits_out.argmax(-1) == num[1250:]).mean()))
