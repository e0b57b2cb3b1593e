import keras
from keras import layers
from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

SEED = 11
keras.utils.set_random_seed(SEED)
features, cultivar = load_wine(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(
    features, cultivar, test_size=0.3, stratify=cultivar, random_state=SEED)
x_train, x_val, y_train, y_val = train_test_split(
    x_train, y_train, test_size=0.2, stratify=y_train, random_state=SEED)
scaler = StandardScaler().fit(x_train)
x_train, x_val, x_test = map(scaler.transform, (x_train, x_val, x_test))

model = keras.Sequential([
    keras.Input((13,)),
    layers.Dense(16, activation="relu"),
    layers.Dense(12, activation="relu"),
    layers.Dense(3, activation="softmax"),
])
model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.02, momentum=0.9),
              loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=40, batch_size=16,
          validation_data=(x_val, y_val), verbose=0,
          callbacks=[keras.callbacks.EarlyStopping(patience=8, restore_best_weights=True)])
loss, acc = model.evaluate(x_test, y_test, verbose=0)
print("RESULT", "test_accuracy", acc)
