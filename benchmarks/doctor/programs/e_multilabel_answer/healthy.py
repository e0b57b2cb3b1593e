import numpy as np
import keras
from keras.models import Sequential
from keras.layers import Dense, BatchNormalization
from sklearn.datasets import make_multilabel_classification
from sklearn.metrics import f1_score

keras.utils.set_random_seed(22)
X, Y = make_multilabel_classification(n_samples=2500, n_features=30, n_classes=5, n_labels=2, length=60, random_state=22)
Y_train, Y_test = Y[:2000], Y[2000:]

model = Sequential()
model.add(keras.Input(shape=(30,)))
model.add(BatchNormalization())
model.add(Dense(64, activation='relu'))
model.add(Dense(5, activation='sigmoid'))
model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['binary_accuracy'])
model.fit(X[:2000], Y_train, batch_size=32, epochs=15, validation_split=0.1, verbose=0)
preds = model.predict(X[2000:], verbose=0)
preds[preds >= 0.5] = 1
preds[preds < 0.5] = 0
print('RESULT', 'micro_f1', f1_score(Y_test, preds, average='micro'))
