import numpy as np, keras
from tensorflow.keras import models, layers, optimizers
from sklearn.model_selection import train_test_split

SEED = 17
keras.utils.set_random_seed(17)
np.random.seed(17)

def draw(kind):
    im = np.zeros((20, 20))
    r, c, s = np.random.randint(3, 10), np.random.randint(3, 10), np.random.randint(5, 8)
    if kind == 0:
        im[r:r + s, c:c + s] = 1
        im[r + 1:r + s - 1, c + 1:c + s - 1] = 0
    elif kind == 1:
        i = np.arange(s)
        im[r + i, c + i] = im[r + i, c + s - 1 - i] = 1
    else:
        im[r + s // 2, c:c + s] = im[r:r + s, c + s // 2] = 1
    if np.random.rand() < 0.5:
        im = 1 - im
    return im + np.random.normal(0, 0.15, im.shape)

labels = np.random.randint(0, 3, 2400)
data = np.array([draw(k) for k in labels])[..., None]
x_train, x_test, y_train, y_test = train_test_split(data, labels, test_size=0.25, random_state=17)

network = models.Sequential()
network.add(layers.Conv2D(16, (3, 3), input_shape=(20, 20, 1)))
network.add(layers.AveragePooling2D((2, 2)))
network.add(layers.Conv2D(24, (3, 3)))
network.add(layers.AveragePooling2D((2, 2)))
network.add(layers.Flatten())
network.add(layers.Dense(48))
network.add(layers.Dense(3, activation='softmax'))
network.compile(optimizer=optimizers.Adam(0.002), loss='sparse_categorical_crossentropy', metrics=['accuracy'])
network.fit(x_train, y_train, epochs=10, batch_size=32, validation_split=0.15, verbose=0)
print('RESULT', 'test_acc', network.evaluate(x_test, y_test, verbose=0)[1])
