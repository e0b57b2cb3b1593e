import keras
import numpy as np
from keras.layers import Dense, Embedding, GlobalMaxPooling1D
from keras.models import Sequential
from sklearn.preprocessing import OneHotEncoder

np.random.seed(21)
keras.utils.set_random_seed(21)
words, length = 60, 12
team = np.random.randint(0, 5, 1200)
tickets = np.random.randint(11, words, (1200, length))
for row, t in zip(tickets, team):
    spots = np.random.choice(length, 2, replace=False)
    row[spots] = 1 + 2 * t + np.random.randint(0, 2, 2)
encoder = OneHotEncoder(sparse_output=False)
hot = encoder.fit_transform(team.reshape(-1, 1))
desks = hot.shape[1]

net = Sequential()
net.add(keras.Input(shape=(length,), dtype="int32"))
net.add(Embedding(words, 16))
net.add(GlobalMaxPooling1D())
net.add(Dense(24, activation="relu"))
net.add(Dense(desks, activation="softmax"))
net.compile(loss="categorical_crossentropy", optimizer=keras.optimizers.RMSprop(0.004))
net.fit(tickets[:850], hot[:850], validation_split=0.1, epochs=10, batch_size=32, verbose=0)
best = net.predict(tickets[850:], verbose=0).argmax(axis=1)
names = encoder.categories_[0][-desks:]
print("RESULT", "test_accuracy", float((names[best] == team[850:]).mean()))
