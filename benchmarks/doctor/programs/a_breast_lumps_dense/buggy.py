from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split
from keras.models import Sequential
from keras.layers import Dense
from keras.utils import set_random_seed

set_random_seed(3)
data = load_breast_cancer()
X_train, X_test, y_train, y_test = train_test_split(
    data.data, data.target, test_size=0.25, random_state=3, stratify=data.target)

# Initialising the ANN
classifier = Sequential()
classifier.add(Dense(units=16, kernel_initializer='uniform', activation='relu', input_dim=30))
classifier.add(Dense(units=8, kernel_initializer='uniform', activation='relu'))
classifier.add(Dense(units=1, kernel_initializer='uniform', activation='softmax'))
classifier.compile(optimizer='rmsprop', loss='mean_squared_error', metrics=['accuracy'])
classifier.fit(X_train, y_train, batch_size=10, epochs=25, validation_split=0.1, verbose=0)

score = classifier.evaluate(X_test, y_test, verbose=0)
print('RESULT', 'test_accuracy', score[1])
