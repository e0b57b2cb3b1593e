import numpy as np
import keras
from keras import initializers
from keras.models import Sequential
from keras.layers import Dense
from sklearn.datasets import make_classification


keras.utils.set_random_seed(38)
X, y = make_classification(n_samples=1500, n_features=15, n_informative=8, n_classes=3, n_clusters_per_class=1,
                           class_sep=1.2, flip_y=0.0, random_state=38)
X = (X - X[:1000].mean(axis=0)) / X[:1000].std(axis=0)
Y = keras.utils.to_categorical(y)
init = initializers.RandomNormal(mean=0.0, stddev=5.0, seed=38)

model = Sequential()
model.add(Dense(60, input_dim=15, activation='tanh', kernel_initializer=init))
model.add(Dense(60, activation='tanh', kernel_initializer=init))
model.add(Dense(60, activation='tanh', kernel_initializer=init))
model.add(Dense(3, activation='softmax', kernel_initializer=init))
model.compile(loss='categorical_crossentropy', optimizer='adam', metrics=['accuracy'])
model.fit(X[:1000], Y[:1000], epochs=12, batch_size=16, verbose=0)
_, acc = model.evaluate(X[1000:], Y[1000:], verbose=0)
print('RESULT', 'test_accuracy', acc)
