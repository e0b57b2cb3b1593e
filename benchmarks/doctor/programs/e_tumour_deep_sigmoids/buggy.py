from sklearn.datasets import load_breast_cancer
from sklearn.preprocessing import StandardScaler
from sklearn.model_selection import train_test_split
import keras
from keras import models, layers, optimizers

keras.utils.set_random_seed(9)
X, y = load_breast_cancer(return_X_y=True)
X_tr, X_te, y_tr, y_te = train_test_split(X, y, test_size=0.25, random_state=9)
ss = StandardScaler()
X_tr = ss.fit_transform(X_tr)
X_te = ss.transform(X_te)

act = 'sigmoid'
net = models.Sequential()
net.add(layers.Dense(32, activation=act, input_shape=(30,)))
for width in [32, 24, 24, 16, 16, 8]:
    net.add(layers.Dense(width, activation=act))
net.add(layers.Dense(1, activation='sigmoid'))
net.compile(optimizers.SGD(lr=0.01, momentum=0.5), loss='binary_crossentropy', metrics=['acc'])
net.fit(X_tr, y_tr, epochs=60, batch_size=16, validation_split=0.2, verbose=0)
print('RESULT test_accuracy', net.evaluate(X_te, y_te, verbose=0)[1])
