from sklearn.datasets import make_classification
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from keras.models import Sequential
from keras.layers import Dense
from keras.utils import np_utils, set_random_seed

set_random_seed(77)
X, y = make_classification(n_samples=3600, n_features=18, n_informative=9, n_classes=4,
                           class_sep=1.6, flip_y=0.02, random_state=77)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=77)
sc = StandardScaler()
X_train = sc.fit_transform(X_train)
X_test = sc.transform(X_test)
Y_train = np_utils.to_categorical(y_train, 4)
Y_test = np_utils.to_categorical(y_test, 4)

classifier = Sequential()
classifier.add(Dense(units=32, kernel_initializer="he_uniform", activation="relu", input_dim=18))
for i in range(6):
    classifier.add(Dense(units=32, kernel_initializer="he_uniform", activation="relu"))
classifier.add(Dense(units=4, activation="softmax"))
classifier.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
classifier.fit(X_train, Y_train, batch_size=20, epochs=14, verbose=0)
print("RESULT", "test_accuracy", classifier.evaluate(X_test, Y_test, verbose=0)[1])
