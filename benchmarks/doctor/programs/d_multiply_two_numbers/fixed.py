from random import randint, seed
from math import sqrt
from numpy import array
import keras
from keras.models import Sequential
from keras.layers import Dense
from keras.optimizers import Adam
from sklearn.metrics import mean_squared_error

keras.utils.set_random_seed(60)
seed(60)

def random_product_pairs(n_examples, n_numbers, largest):
    X, y = list(), list()
    for i in range(n_examples):
        in_pattern = [randint(1, largest) for _ in range(n_numbers)]
        X.append(in_pattern)
        y.append(in_pattern[0] * in_pattern[1])
    # format as NumPy arrays
    X, y = array(X), array(y)
    # normalize
    X = X.astype('float') / float(largest)
    y = y.astype('float') / float(largest * largest)
    return X, y

largest = 1000
X, y = random_product_pairs(1000, 2, largest)

model = Sequential()
model.add(Dense(20, input_dim=2, activation='relu'))
model.add(Dense(100, activation='relu'))
model.add(Dense(100, activation='relu'))
model.add(Dense(1))
model.compile(loss='mean_squared_error', optimizer=Adam(lr=0.001))
model.fit(X, y, epochs=100, batch_size=50, verbose=0)

testX, testy = random_product_pairs(200, 2, largest)
predicted = model.predict(testX, verbose=0)[:, 0]
print('RESULT RMSE', sqrt(mean_squared_error(testy, predicted)))
