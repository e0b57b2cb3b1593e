import keras
from keras import backend as K
from keras import losses, optimizers
from keras.layers import Input, Dense
from keras.utils import np_utils
from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(3)
data = load_wine()
targets = np_utils.to_categorical(data.target, 3)
# split
x_tr, x_te, y_tr, y_te = train_test_split(data.data, targets, test_size=0.33, random_state=3, stratify=data.target)

scaler = StandardScaler().fit(x_tr)
x_tr, x_te = scaler.transform(x_tr), scaler.transform(x_te)

def swish(x):
    return x * K.sigmoid(x)

inp = Input((13,))
a = Dense(24, activation=swish)(inp)
b = Dense(12, activation=swish)(a)
out = Dense(3, activation="softmax")(b)
net = keras.Model(inp, out)
net.compile(optimizer=optimizers.RMSprop(learning_rate=0.003), loss=losses.CategoricalCrossentropy(), metrics=["accuracy"])
net.fit(x_tr, y_tr, batch_size=8, epochs=30, verbose=0)
score = net.evaluate(x_te, y_te, verbose=0)
print("RESULT", "test_accuracy", score[1])
