import pandas as pd
import keras
from keras.models import Sequential
from keras.layers import Dense
from sklearn.datasets import load_iris
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import MinMaxScaler

keras.utils.set_random_seed(71)
iris = load_iris(as_frame=True)
dataset = iris.frame
train, test = train_test_split(dataset, test_size=0.3, random_state=4, stratify=dataset['target'])

scaler = MinMaxScaler()
train = pd.DataFrame(scaler.fit_transform(train), columns=dataset.columns)
test = pd.DataFrame(scaler.transform(test), columns=dataset.columns)

X, Y = train.iloc[:, :4].values, train['target'].values
X_test, Y_test = test.iloc[:, :4].values, test['target'].values

model = Sequential()
model.add(Dense(16, input_dim=4, activation='relu'))
model.add(Dense(8, activation='relu'))
model.add(Dense(1, activation='sigmoid'))
model.compile(loss='binary_crossentropy', optimizer=keras.optimizers.Adam(0.005), metrics=['accuracy'])
model.fit(X, Y, epochs=60, batch_size=8, verbose=0)

loss, acc = model.evaluate(X_test, Y_test, verbose=0)
print("RESULT accuracy", acc)
