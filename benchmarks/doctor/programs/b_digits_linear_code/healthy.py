from keras import Sequential, layers, optimizers, utils, callbacks
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

utils.set_random_seed(44)
faces = load_digits().data
train, test = train_test_split(faces, test_size=300, random_state=44)
centre, spread = train.mean(axis=0), train.std()
train, test = (train - centre) / spread, (test - centre) / spread

# A principal-component autoencoder: linear on purpose.
pca_net = Sequential([
    layers.Input((64,)),
    layers.Dense(12, use_bias=False, name="code"),
    layers.Dense(64, name="decode"),
])
pca_net.compile(optimizer=optimizers.Adam(0.005), loss="mse")
pca_net.fit(train, train, validation_split=0.15, epochs=25, batch_size=32, verbose=0,
            callbacks=[callbacks.EarlyStopping(patience=5, restore_best_weights=True)])
rest = ((pca_net.predict(test, verbose=0) - test) ** 2).mean()
print("RESULT", "explained_variance", float(1 - rest / (test**2).mean()))
