import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(9)
rng = np.random.default_rng(9)
USERS, FILMS, N = 80, 60, 4000
taste, style = rng.normal(size=(USERS, 2)), rng.normal(size=(FILMS, 2))
kindness, quality = rng.normal(0, 0.4, USERS), rng.normal(0, 0.6, FILMS)
user = rng.integers(0, USERS, N)
film = rng.integers(0, FILMS, N)
stars = 3.2 + kindness[user] + quality[film] + 0.5 * (taste[user] * style[film]).sum(1)
stars = np.clip(np.round(stars + rng.normal(0, 0.5, N)), 1, 5)
target = (stars - 3).astype("float32")

u, f = keras.Input((), dtype="int32"), keras.Input((), dtype="int32")
penalty = keras.regularizers.L2(2e-4)
user_vector = layers.Embedding(USERS, 3, embeddings_regularizer=penalty)(u)
film_vector = layers.Embedding(FILMS, 3, embeddings_regularizer=penalty)(f)
match = layers.Dot(axes=1)([user_vector, film_vector])
shift = layers.Add()([layers.Embedding(USERS, 1)(u), layers.Embedding(FILMS, 1)(f)])
model = keras.Model([u, f], layers.Add()([match, shift]))
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse")
model.fit([user[:3000], film[:3000]], target[:3000], epochs=40, batch_size=64, verbose=0,
          validation_data=([user[3000:3300], film[3000:3300]], target[3000:3300]),
          callbacks=[keras.callbacks.EarlyStopping(patience=3, restore_best_weights=True)])
p = model.predict([user[3300:], film[3300:]], verbose=0).ravel()
print("RESULT", "rmse_stars", float(np.sqrt(((p - target[3300:]) ** 2).mean())))
