import numpy as np
from keras.models import Sequential
from keras.layers import Dense, Dropout, Input
from keras.utils import set_random_seed
from keras import metrics
from sklearn.metrics import f1_score

set_random_seed(73)
rng = np.random.default_rng(73)
ingredients, recipes, labels = 36, 5000, 7
bag = (rng.random((recipes, ingredients)) < rng.uniform(0.1, 0.35, ingredients)).astype("float32")
sources = [rng.choice(ingredients, 8, replace=False) for _ in range(labels)]
tags = np.stack([(bag[:, s[:4]].any(axis=1) & bag[:, s[4:7]].any(axis=1)) & (bag[:, s[7]] == 0) for s in sources], axis=1)
flip = rng.random(tags.shape) < 0.02
tags = np.logical_xor(tags, flip).astype("float32")

model = Sequential()
model.add(Input((ingredients,)))
model.add(Dense(96, activation="relu"))
model.add(Dropout(0.3))
model.add(Dense(48, activation="relu"))
model.add(Dense(labels, activation="sigmoid"))
model.compile(loss="binary_crossentropy", optimizer="adam", metrics=[metrics.AUC(multi_label=True, name="auc")])
model.fit(bag[:4000], tags[:4000], epochs=25, batch_size=64, validation_split=0.1, verbose=0)
print("RESULT macro_f1", f1_score(tags[4000:], model.predict(bag[4000:], verbose=0) > 0.5, average="macro"))
