import numpy as np
import pandas as pd
import keras
from keras.models import Sequential
from keras.layers import Dense
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(14)
iris = load_iris()
df = pd.DataFrame(iris.data, columns=['sl', 'sw', 'pl', 'pw'])
df['species'] = iris.target
X = df.iloc[:, :-1].values
y = pd.get_dummies(df['species']).values.astype('float32')
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.33, random_state=42)
sc = StandardScaler()
X_train = sc.fit_transform(X_train)
X_test = sc.transform(X_test)

model = Sequential()
model.add(Dense(150, activation='tanh', input_shape=(df.shape[1] - 1,)))
model.add(Dense(150, activation='tanh'))
model.add(Dense(150, activation='tanh'))
model.add(Dense(y.shape[1], activation='softmax'))
model.compile(optimizer='sgd', loss='categorical_crossentropy', metrics=['accuracy'])
model.fit(X_train, y_train, verbose=0)

forest = RandomForestClassifier(n_estimators=20).fit(X_train, y_train.argmax(1))
print('forest:', forest.score(X_test, y_test.argmax(1)))
score, acc = model.evaluate(X_test, y_test, verbose=0)
print('RESULT test_loss', score, 'acc', acc)
