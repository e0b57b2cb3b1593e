import keras
from keras.layers import Conv2D, Dense, Flatten, MaxPooling2D
from keras.models import Sequential
from keras.utils import to_categorical
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(42)

digits = load_digits()
X = digits.images.reshape(-1, 8, 8, 1) / 16.0
Y = to_categorical(digits.target)
X_train, X_test, Y_train, Y_test = train_test_split(X, Y, test_size=0.25, random_state=42)

classifier = Sequential()
classifier.add(keras.Input((8, 8, 1)))
classifier.add(Conv2D(32, (3, 3), activation="relu"))
classifier.add(MaxPooling2D(pool_size=(2, 2)))
classifier.add(Flatten())
classifier.add(Dense(units=64, activation="relu"))
classifier.add(Dense(units=10, activation="softmax"))
classifier.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
classifier.fit(X_train, Y_train, batch_size=16, epochs=15, verbose=2)

score = classifier.evaluate(X_test, Y_test, verbose=0)
print("RESULT", "test_accuracy", score[1])
