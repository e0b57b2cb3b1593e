"""Blog post, part 2: going deep on iris."""
import keras
from keras import layers
from sklearn import datasets
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

HIDDEN = [16, 16, 16, 16, 16]
ACTIVATION = "sigmoid"

keras.utils.set_random_seed(1)
iris = datasets.load_iris()
X_train, X_test, y_train, y_test = train_test_split(
    iris.data, iris.target, test_size=50, random_state=1, stratify=iris.target)
scaler = StandardScaler()
X_train = scaler.fit_transform(X_train)
X_test = scaler.transform(X_test)

model = keras.Sequential(name="deep_iris")
model.add(keras.Input(shape=(4,)))
for i, units in enumerate(HIDDEN):
    model.add(layers.Dense(units, activation=ACTIVATION, name=f"hidden_{i + 1}"))
model.add(layers.Dense(3, activation="softmax", name="species"))

model.compile(
    optimizer=keras.optimizers.SGD(learning_rate=0.01, momentum=0.9),
    loss=keras.losses.SparseCategoricalCrossentropy(),
    metrics=["accuracy"],
)
model.fit(X_train, y_train, batch_size=10, epochs=40, verbose=0)

loss, accuracy = model.evaluate(X_test, y_test, verbose=0)
print("loss on 50 flowers: %.3f" % loss)
print("RESULT accuracy", accuracy)
