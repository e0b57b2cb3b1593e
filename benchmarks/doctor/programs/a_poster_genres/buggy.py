import numpy as np
from keras.models import Sequential
from keras.layers import Dense, Input
from keras.utils import set_random_seed

set_random_seed(19)
rs = np.random.RandomState(19)
features = rs.normal(size=(1800, 30)).astype('float32')
w = rs.normal(size=(30, 6)) / np.sqrt(30)
genres = (features @ w + 0.15 * rs.normal(size=(1800, 6)) > 0.1).astype('float32')
X_train, X_test = features[:1400], features[1400:]
Y_train, Y_test = genres[:1400], genres[1400:]

model = Sequential()
model.add(Input(shape=(30,)))
model.add(Dense(64, activation='relu'))
model.add(Dense(6, activation='softmax'))
model.compile(loss='binary_crossentropy', optimizer='adam')
model.fit(X_train, Y_train, epochs=25, batch_size=32, verbose=0)

tags = model.predict(X_test, verbose=0) > 0.5
tp = (tags * Y_test).sum()
print('RESULT', 'micro_f1', float(2 * tp / (tags.sum() + Y_test.sum())))
