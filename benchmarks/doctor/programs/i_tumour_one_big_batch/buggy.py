import keras
from keras import layers
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(2)
x, y = load_breast_cancer(return_X_y=True)
xa, xb, ya, yb = train_test_split(x, y, train_size=400, stratify=y, random_state=2)
sc = StandardScaler()
xa, xb = sc.fit_transform(xa), sc.transform(xb)

model = keras.Sequential([
    keras.Input((30,)),
    layers.Dense(8, activation="relu"),
    layers.Dense(1, activation="sigmoid"),
])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model.fit(xa, ya, batch_size=512, epochs=5, verbose=0)
print("RESULT", "test_accuracy", model.evaluate(xb, yb, verbose=0)[1])
