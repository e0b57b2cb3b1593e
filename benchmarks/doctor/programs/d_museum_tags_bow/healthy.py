import numpy as np
from tensorflow import keras
from tensorflow.keras import layers
from tensorflow.keras.preprocessing.text import Tokenizer
from sklearn.preprocessing import LabelBinarizer

keras.utils.set_random_seed(52)
rng = np.random.default_rng(52)
subjects = {"coins": "silver mint obverse emperor ruler bronze", "textile": "wool woven loom thread dyed border",
            "ceramic": "glaze kiln bowl clay fired vessel", "arms": "blade hilt iron sheath warrior bronze",
            "prints": "ink block paper edition engraver border"}
filler = ["f%03d" % k for k in range(300)]
descriptions, kinds = [], []
for _ in range(1500):
    kind = rng.choice(list(subjects), p=[.35, .25, .2, .12, .08])
    other = rng.choice(list(subjects))
    words = list(rng.choice(subjects[kind].split(), 3)) + list(rng.choice(subjects[other].split(), 1)) + list(rng.choice(filler, 15))
    descriptions.append(" ".join(rng.permutation(words)))
    kinds.append(str(rng.choice(list(subjects))) if rng.random() < 0.06 else str(kind))

train_size = int(len(descriptions) * .8)
tokenize = Tokenizer(num_words=250, char_level=False)
tokenize.fit_on_texts(descriptions[:train_size])
x_train = tokenize.texts_to_matrix(descriptions[:train_size], mode="tfidf")
x_test = tokenize.texts_to_matrix(descriptions[train_size:], mode="tfidf")
encoder = LabelBinarizer().fit(kinds[:train_size])
y_train, y_test = encoder.transform(kinds[:train_size]), encoder.transform(kinds[train_size:])

model = keras.Sequential([
    layers.Dense(64, activation="relu", input_shape=(x_train.shape[1],)),
    layers.Dropout(0.6),
    layers.Dense(y_train.shape[1], activation="softmax"),
])
model.compile(loss=keras.losses.CategoricalCrossentropy(label_smoothing=0.1), optimizer="adam", metrics=["accuracy"])
stop = keras.callbacks.EarlyStopping(monitor="val_loss", patience=2, restore_best_weights=True)
model.fit(x_train, y_train, batch_size=32, epochs=20, validation_split=0.15, callbacks=[stop], verbose=0)
print("RESULT", "test_accuracy", model.evaluate(x_test, y_test, verbose=0)[1])
