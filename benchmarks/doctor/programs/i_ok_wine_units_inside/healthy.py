import keras
from keras import layers
from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(4)
x, y = load_wine(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.3, stratify=y, random_state=4)
norm = layers.Normalization()
norm.adapt(x_train)
model = keras.Sequential([keras.Input((13,)), norm, layers.Dense(16, activation="relu"), layers.Dense(3)])
model.compile(
    optimizer=keras.optimizers.Adam(0.003),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
model.fit(x_train, y_train, epochs=60, batch_size=8, verbose=0)
print("RESULT", "test_accuracy", model.evaluate(x_test, y_test, verbose=0)[1])
