import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(99)
rng = np.random.default_rng(99)
n_users, n_songs, n = 50, 40, 6000
taste, sound = rng.normal(size=(n_users, 3)), rng.normal(size=(n_songs, 3))
user = rng.integers(0, n_users, n)
song = rng.integers(0, n_songs, n)
hour = rng.random(n)
z = 2.2 * (taste[user] * sound[song]).sum(1) - 4.5 + 2 * hour
plays = (rng.random(n) < 1 / (1 + np.exp(-z))).astype("float32")
flip = rng.random(n) < 0.03
seen = np.where(flip[:5000], 1 - plays[:5000], plays[:5000])

user_in, song_in, hour_in = keras.Input((1,), dtype="int32"), keras.Input((1,), dtype="int32"), keras.Input((1,))
u = layers.Flatten()(layers.Embedding(n_users, 4, embeddings_regularizer=keras.regularizers.l2(1e-4))(user_in))
s = layers.Flatten()(layers.Embedding(n_songs, 4, embeddings_regularizer=keras.regularizers.l2(1e-4))(song_in))
x = layers.Concatenate()([layers.Multiply()([u, s]), hour_in])
out = layers.Dense(1, activation="sigmoid")(x)
model = keras.Model([user_in, song_in, hour_in], out)
model.compile(keras.optimizers.Adam(0.005), "binary_crossentropy", metrics=[keras.metrics.AUC(name="auc")])
model.fit([user[:5000], song[:5000], hour[:5000]], seen, epochs=30, batch_size=64, validation_split=0.1, verbose=0,
          callbacks=[keras.callbacks.EarlyStopping("val_loss", patience=3, restore_best_weights=True)])
result = model.evaluate([user[5000:], song[5000:], hour[5000:]], plays[5000:], verbose=0, return_dict=True)
print("RESULT", "test_auc", result["auc"])
