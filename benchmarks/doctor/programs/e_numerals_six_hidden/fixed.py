import numpy as np
import keras
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(17)
digits = load_digits()
x = digits.images[..., np.newaxis] / 16.0
x_tr, x_te, y_tr, y_te = train_test_split(x, digits.target, test_size=0.2, random_state=17, stratify=digits.target)

def build(hidden=6, units=32, act='relu'):
    inp = keras.Input(shape=(8, 8, 1))
    h = layers.Conv2D(8, 3, activation=act)(inp)
    h = layers.Flatten()(h)
    for _ in range(hidden):
        h = layers.Dense(units, activation=act)(h)
    out = layers.Dense(10, activation='softmax')(h)
    return keras.Model(inp, out)

model = build()
model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.02, momentum=0.9),
              loss='sparse_categorical_crossentropy', metrics=['accuracy'])
model.fit(x_tr, y_tr, batch_size=32, epochs=25, validation_split=0.1, verbose=0)
print('RESULT', 'test_accuracy', model.evaluate(x_te, y_te, verbose=0)[1])
