import keras
from keras import layers
from sklearn.datasets import load_digits
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(3)
images, labels = load_digits(return_X_y=True)
images = images / 16.0
xtr, xte, ytr, yte = train_test_split(images, labels, test_size=0.25, random_state=3, stratify=labels)

model = keras.Sequential([
    keras.Input((64,)),
    layers.Dense(64, activation="relu"),
    layers.Dense(32, activation="relu"),
    layers.Dense(10, activation="softmax"),
])
model.compile(
    optimizer=keras.optimizers.SGD(0.1),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
model.fit(xtr, ytr, epochs=20, batch_size=32, validation_split=0.1, verbose=0)
print("RESULT", "test_log_loss", log_loss(yte, model.predict(xte, verbose=0).astype("float64")))
