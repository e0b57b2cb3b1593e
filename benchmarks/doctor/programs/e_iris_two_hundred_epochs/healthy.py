import numpy as np
import keras
from keras.models import Sequential
from keras.layers import Dense
from keras.utils import np_utils
from sklearn.datasets import load_iris
from sklearn.preprocessing import LabelEncoder, StandardScaler
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(7)
iris = load_iris()
names = iris.target_names[iris.target]
encoder = LabelEncoder().fit(names)
dummy_y = np_utils.to_categorical(encoder.transform(names))
X_train, X_test, y_train, y_test = train_test_split(
    iris.data, dummy_y, test_size=0.3, random_state=7, stratify=iris.target)
scaler = StandardScaler().fit(X_train)

def baseline_model():
    model = Sequential()
    model.add(Dense(8, input_dim=4, activation='relu'))
    model.add(Dense(3, activation='softmax'))
    model.compile(loss='categorical_crossentropy', optimizer='adam', metrics=['accuracy'])
    return model

model = baseline_model()
model.fit(scaler.transform(X_train), y_train, epochs=200, batch_size=5, verbose=0)
loss, acc = model.evaluate(scaler.transform(X_test), y_test, verbose=0)
print('RESULT', 'test_accuracy', acc)
