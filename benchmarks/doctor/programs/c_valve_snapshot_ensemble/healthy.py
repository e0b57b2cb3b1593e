import numpy as np
import keras
from keras import layers
from sklearn.datasets import make_friedman2
from sklearn.model_selection import KFold
from sklearn.metrics import r2_score

keras.utils.set_random_seed(50)
X, impedance = make_friedman2(n_samples=900, noise=40.0, random_state=50)
y = np.log(np.maximum(impedance, 10.0))

def lr_cycle(epoch):
    return 0.0005 + 0.0075 * 0.5 * (1 + np.cos(np.pi * (epoch % 15) / 15))

def build(rows):
    norm = layers.Normalization()
    norm.adapt(rows)
    inputs = keras.Input((4,))
    h = norm(inputs)
    h = layers.Dense(32, activation="softplus")(h)
    h = layers.Dense(32, activation="softplus")(h)
    model = keras.Model(inputs, layers.Dense(1)(h))
    model.compile(optimizer=keras.optimizers.Adam(), loss="huber")
    return model

scores = []
for tr, te in KFold(4, shuffle=True, random_state=0).split(X):
    centre, width = y[tr].mean(), y[tr].std()
    model, votes = build(X[tr]), []
    for cycle in range(3):
        model.fit(X[tr], (y[tr] - centre) / width, initial_epoch=15 * cycle, epochs=15 * (cycle + 1), batch_size=32, verbose=0,
                  callbacks=[keras.callbacks.LearningRateScheduler(lr_cycle)])
        votes.append(model.predict(X[te], verbose=0).ravel())
    scores.append(r2_score(y[te], np.mean(votes, axis=0) * width + centre))
print("RESULT mean_r2", np.mean(scores))
