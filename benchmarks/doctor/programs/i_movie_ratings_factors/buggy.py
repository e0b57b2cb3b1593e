"""Matrix factorisation for ratings: user id + film id -> stars."""
import numpy as np
import keras
from keras import layers

N_USERS, N_FILMS = 160, 90
FACTORS = 1
EPOCHS = 20

keras.utils.set_random_seed(77)
rng = np.random.default_rng(77)
taste = rng.normal(size=(N_USERS, 4))
film = rng.normal(size=(N_FILMS, 4))
u, f = [a.ravel() for a in np.meshgrid(np.arange(N_USERS), np.arange(N_FILMS), indexing="ij")]
stars = 3.2 + 0.45 * (taste[u] * film[f]).sum(1) + 0.1 * rng.normal(size=u.size)
seen = rng.permutation(u.size)
train, test = seen[:11000], seen[11000:]

user_in = keras.Input((1,), dtype="int32", name="user")
film_in = keras.Input((1,), dtype="int32", name="film")
p = layers.Flatten()(layers.Embedding(N_USERS, FACTORS, embeddings_initializer="normal")(user_in))
q = layers.Flatten()(layers.Embedding(N_FILMS, FACTORS, embeddings_initializer="normal")(film_in))
b = layers.Flatten()(layers.Embedding(N_USERS, 1)(user_in))
c = layers.Flatten()(layers.Embedding(N_FILMS, 1)(film_in))
score = layers.Add()([layers.Dot(axes=1)([p, q]), b, c])

model = keras.Model([user_in, film_in], score)
model.compile(loss="mse", optimizer=keras.optimizers.Adam(0.003), metrics=["mae"])
mean = stars[train].mean()
model.fit([u[train, None], f[train, None]], stars[train] - mean, validation_split=0.1,
          epochs=EPOCHS, batch_size=64, verbose=0)
guess = model.predict([u[test, None], f[test, None]], verbose=0).ravel() + mean
print("RESULT", "test_mae", float(abs(guess - stars[test]).mean()))
