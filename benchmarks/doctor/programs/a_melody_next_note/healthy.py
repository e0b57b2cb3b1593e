import numpy as np
from tensorflow import keras
from tensorflow.keras.layers import LSTM, Dense, Embedding, Input

keras.utils.set_random_seed(33)
rng = np.random.RandomState(33)
NOTES, STEPS = 12, 20

melodies = np.zeros((900, STEPS + 1), dtype="int32")
melodies[:, :2] = rng.randint(0, NOTES, (900, 2))
for t in range(2, STEPS + 1):
    jump = rng.choice([1, 2, 5], size=900, p=[0.7, 0.2, 0.1])
    melodies[:, t] = (melodies[:, t - 1] + np.where(melodies[:, t - 2] % 2 == 0, jump, -jump)) % NOTES
past, future = melodies[:, :-1], melodies[:, 1:]

model = keras.models.Sequential()
model.add(Input(shape=(STEPS,)))
model.add(Embedding(NOTES, 16))
model.add(LSTM(40, return_sequences=True))
model.add(Dense(NOTES))
model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
              optimizer=keras.optimizers.Adam(learning_rate=0.01), metrics=["accuracy"])
model.fit(past[:600], future[:600], validation_data=(past[600:700], future[600:700]),
          epochs=15, batch_size=32, verbose=0)
loss, accuracy = model.evaluate(past[700:], future[700:], verbose=0)
print("RESULT", "next_note_accuracy", accuracy)
