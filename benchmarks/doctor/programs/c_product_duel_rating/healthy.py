import numpy as np
from tensorflow.keras import Input, Model, Sequential
from tensorflow.keras.layers import Dense, Subtract, Activation
from tensorflow.keras.utils import set_random_seed

set_random_seed(77)
rng = np.random.default_rng(77)

def products(rows):
    return rng.normal(size=(rows, 7))

def appeal(p):
    return 1.3 * np.tanh(p[:, 0]) - np.abs(p[:, 1] - 0.5) + 0.8 * p[:, 2] * (p[:, 3] > 0) + 0.4 * p[:, 4]

left, right = products(4200), products(4200)
won = (appeal(left) - appeal(right) + rng.logistic(0, 0.25, 4200) > 0).astype("float32")

scorer = Sequential([Input((7,)), Dense(32, activation="relu"), Dense(32, activation="relu"), Dense(1)], name="scorer")
in_left, in_right = Input((7,)), Input((7,))
gap = Subtract()([scorer(in_left), scorer(in_right)])
duel = Model([in_left, in_right], Activation("sigmoid")(gap))
duel.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
duel.fit([left[:3200], right[:3200]], won[:3200], epochs=35, batch_size=64, validation_split=0.1, verbose=0)
print("RESULT accuracy", duel.evaluate([left[3200:], right[3200:]], won[3200:], verbose=0)[1])
