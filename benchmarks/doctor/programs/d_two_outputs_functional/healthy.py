import numpy as np
import keras
from keras.layers import Input, Dense, Dropout
from keras.models import Model
from sklearn.datasets import make_classification
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(77)
X, label = make_classification(n_samples=3000, n_features=20, n_informative=8, n_classes=3,
                               n_clusters_per_class=2, class_sep=1.4, random_state=77)
X = X * 12 + 40
amount = np.abs(X[:, 0] - 40) / 12 + 0.6 * (label == 1) + np.random.default_rng(77).normal(0, 0.2, 3000)
X_train, X_test = X[:2400], X[2400:]
sc = StandardScaler().fit(X_train)
X_train, X_test = sc.transform(X_train), sc.transform(X_test)
onehot = keras.utils.to_categorical(label, 3)

main_input = Input(shape=(20,), name='main_input')
x = Dense(64, activation='relu')(main_input)
x = Dropout(0.1)(x)
x = Dense(32, activation='relu')(x)
kind = Dense(3, activation='softmax', name='kind')(x)
size = Dense(1, name='size')(x)

model = Model(inputs=main_input, outputs=[kind, size])
model.compile(optimizer='rmsprop',
              loss={'kind': 'categorical_crossentropy', 'size': 'mse'},
              loss_weights={'kind': 1., 'size': 0.5},
              metrics={'kind': ['accuracy'], 'size': ['mae']})
model.fit({'main_input': X_train}, {'kind': onehot[:2400], 'size': amount[:2400]},
          epochs=30, batch_size=32, validation_split=0.1, verbose=0)

pk, ps = model.predict(X_test, verbose=0)
print('mae', np.abs(ps[:, 0] - amount[2400:]).mean())
print('RESULT kind_accuracy', float((pk.argmax(1) == label[2400:]).mean()))
