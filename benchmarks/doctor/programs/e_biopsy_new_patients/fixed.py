from keras.models import Sequential
from keras.layers import Dense
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler, MinMaxScaler
from sklearn.metrics import accuracy_score
import keras

keras.utils.set_random_seed(25)
cancer = load_breast_cancer()
X_train, X_new, y_train, y_new = train_test_split(cancer.data, cancer.target, test_size=0.3, random_state=25)
scaler = StandardScaler()
X_train = scaler.fit_transform(X_train)

model = Sequential()
model.add(Dense(16, activation='relu', input_shape=(X_train.shape[1],)))
model.add(Dense(1, activation='sigmoid'))
model.compile(optimizer='nadam', loss='binary_crossentropy', metrics=['accuracy'])
model.fit(X_train, y_train, epochs=25, batch_size=16, validation_split=0.1, verbose=0)

X_new = scaler.transform(X_new)
y_hat = (model.predict(X_new, verbose=0) > 0.5).astype('int32')
print('RESULT', 'test_accuracy', accuracy_score(y_new, y_hat))
