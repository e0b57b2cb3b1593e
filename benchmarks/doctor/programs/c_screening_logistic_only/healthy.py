import numpy as np
import tensorflow as tf
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Dense, Normalization
from sklearn.metrics import roc_auc_score

tf.keras.utils.set_random_seed(30)
rng = np.random.default_rng(30)
people = 2500
glucose = rng.normal(105, 22, people)
bmi = rng.normal(27, 5, people)
systolic = rng.normal(128, 17, people)
age = rng.uniform(25, 80, people)
family = rng.integers(0, 2, people)
noise = rng.normal(size=(people, 3))
logit = -2.3 + 0.05 * (glucose - 105) + 0.09 * (bmi - 27) + 0.03 * (age - 52) + 0.8 * family
sick = rng.binomial(1, 1 / (1 + np.exp(-logit))).astype("float32")
panel = np.column_stack([glucose, bmi, systolic, age, family, noise]).astype("float32")

normalizer = Normalization()
normalizer.adapt(panel[:1500])
logreg = Sequential([tf.keras.Input((8,)), normalizer, Dense(1, activation="sigmoid", kernel_regularizer="l2")])
logreg.compile(optimizer=tf.keras.optimizers.SGD(0.1), loss="binary_crossentropy", metrics=["AUC"])
logreg.fit(panel[:1500], sick[:1500], epochs=40, batch_size=32, validation_split=0.1, verbose=0)
print("RESULT auc", roc_auc_score(sick[1500:], logreg.predict(panel[1500:], verbose=0).ravel()))
