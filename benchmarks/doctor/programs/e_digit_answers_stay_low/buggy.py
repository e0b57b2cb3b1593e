from sklearn import datasets, preprocessing, model_selection
import keras
from keras.models import Sequential
from keras.layers import Dense

keras.utils.set_random_seed(135)
bunch = datasets.load_digits()
X = bunch.data / 16.0
lb = preprocessing.LabelBinarizer()
Y = lb.fit_transform(bunch.target)
X_train, X_test, Y_train, Y_test = model_selection.train_test_split(X, Y, test_size=0.2, random_state=135)

model = Sequential()
model.add(Dense(2, activation='relu', input_dim=64))
model.add(Dense(2, activation='relu'))
model.add(Dense(10, activation='softmax'))
model.compile(optimizer=keras.optimizers.Adam(lr=0.003), loss='categorical_crossentropy', metrics=['accuracy'])
model.fit(X_train, Y_train, epochs=40, batch_size=32, validation_split=0.1, verbose=0)
print('RESULT', 'test_accuracy', model.evaluate(X_test, Y_test, verbose=0)[1])
