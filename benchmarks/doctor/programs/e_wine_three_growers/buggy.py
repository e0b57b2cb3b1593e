import numpy as np
import keras
from keras.models import Sequential
from keras.layers import Dense
from keras.optimizers import Adam
from sklearn.datasets import load_wine
from sklearn.preprocessing import StandardScaler, OneHotEncoder
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(15)
wine = load_wine()
Xtr, Xte, ytr, yte = train_test_split(wine.data, wine.target, test_size=0.33, random_state=15)
scale = StandardScaler()
Xtr = scale.fit_transform(Xtr)
Xte = scale.transform(Xte)
Ytr = keras.utils.to_categorical(ytr, 3)

model = Sequential()
model.add(Dense(64, input_shape=(13,), activation='relu', name='fc1'))
model.add(Dense(32, activation='relu', name='fc2'))
model.add(Dense(32, activation='relu', name='fc3'))
model.add(Dense(3, activation='softmax', name='output'))
optimizer = Adam(lr=0.5)
model.compile(optimizer, loss='categorical_crossentropy', metrics=['accuracy'])
model.fit(Xtr, Ytr, verbose=0, batch_size=5, epochs=30)
hit = model.predict(Xte, verbose=0).argmax(axis=1) == yte
print('RESULT', 'test_accuracy', hit.mean())
