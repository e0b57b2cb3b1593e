import keras
from keras.models import Sequential
from keras.layers import Dense, BatchNormalization, Activation
from keras.callbacks import LearningRateScheduler
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(30)
X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X / 16.0, y, test_size=0.25, random_state=30, stratify=y)

model = Sequential()
model.add(keras.Input(shape=(64,)))
for _ in range(6):
    model.add(Dense(48, kernel_initializer='he_normal', use_bias=False))
    model.add(BatchNormalization())
    model.add(Activation('relu'))
model.add(Dense(10, activation='softmax'))

def step_decay(epoch):
    return 0.01 * 0.5 ** (epoch // 8)

model.compile(optimizer=keras.optimizers.Adam(), loss='sparse_categorical_crossentropy', metrics=['accuracy'])
model.fit(X_train, y_train, epochs=32, batch_size=32, verbose=0, callbacks=[LearningRateScheduler(step_decay)])
print('RESULT', 'test_accuracy', model.evaluate(X_test, y_test, verbose=0)[1])
