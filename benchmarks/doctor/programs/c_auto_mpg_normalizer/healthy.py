import numpy as np
import pandas as pd
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

keras.utils.set_random_seed(392)
rng = np.random.default_rng(392)
n = 1000
cyl = rng.choice([4, 6, 8], n, p=[0.5, 0.2, 0.3])
weight = 1200 + 330 * cyl + rng.normal(0, 350, n)
hp = 25 * cyl - 20 + rng.normal(0, 14, n)
year = rng.integers(70, 83, n)
origin = rng.integers(0, 3, n)
mpg = 9 + 42000 / weight * (1 + 0.02 * (year - 76)) - 0.03 * hp + 1.5 * (origin == 2) + rng.normal(0, 1.3, n)
raw = pd.DataFrame({'Cylinders': cyl, 'Weight': weight, 'Horsepower': hp, 'Year': year, 'MPG': mpg})
for i, name in enumerate(['USA', 'Europe', 'Japan']):
    raw[name] = (origin == i) * 1.0

train_dataset = raw.sample(frac=0.8, random_state=0)
test_dataset = raw.drop(train_dataset.index)
train_labels = train_dataset.pop('MPG').values
test_labels = test_dataset.pop('MPG').values
train_features = np.asarray(train_dataset).astype('float32')
test_features = np.asarray(test_dataset).astype('float32')

normalizer = layers.Normalization(axis=-1)
normalizer.adapt(train_features)
mean, std = train_labels.mean(), train_labels.std()

model = keras.Sequential([
    normalizer,
    layers.Dense(64, activation='relu'),
    layers.Dense(64, activation='relu'),
    layers.Dense(1)
])
model.compile(loss='mean_absolute_error', optimizer=tf.keras.optimizers.Adam(0.001))
model.fit(train_features, (train_labels - mean) / std, validation_split=0.2, verbose=0, epochs=60)

test_predictions = model.predict(test_features, verbose=0).flatten() * std + mean
print('RESULT test_mae', float(np.mean(np.abs(test_predictions - test_labels))))
