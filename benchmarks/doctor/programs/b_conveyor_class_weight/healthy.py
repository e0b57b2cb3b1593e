import numpy as np
import tensorflow as tf
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

tf.keras.utils.set_random_seed(36)
rng = np.random.default_rng(36)
n = 6000
speed, load, hum, age = rng.normal(2, 0.3, n), rng.gamma(3, 10, n), rng.normal(50, 6, n), rng.uniform(0, 120, n)
danger = 1.6 * ((speed - 2) / 0.3) * ((load - 30) / 17) + 0.35 * ((hum - 50) / 6) ** 2 + age / 40
jam = (danger + rng.logistic(0, 0.6, n) > np.quantile(danger, 0.95)).astype(int)
features = np.stack([speed, load, hum, age], axis=1)
f_train, f_test, j_train, j_test = train_test_split(features, jam, test_size=0.3, stratify=jam, random_state=36)
f_train, f_val, j_train, j_val = train_test_split(f_train, j_train, test_size=0.2, stratify=j_train, random_state=36)
scale = StandardScaler().fit(f_train)

model = tf.keras.models.Sequential([
    tf.keras.layers.Dense(32, activation="relu", input_shape=(4,)),
    tf.keras.layers.Dense(32, activation="relu"),
    tf.keras.layers.Dropout(0.2),
    tf.keras.layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer="adam", loss=tf.keras.losses.BinaryCrossentropy(),
              metrics=[tf.keras.metrics.AUC(name="auc"), tf.keras.metrics.Recall()])
rare = j_train.mean()
model.fit(scale.transform(f_train), j_train, epochs=25, batch_size=64,
          validation_data=(scale.transform(f_val), j_val),
          class_weight={0: 0.5 / (1 - rare), 1: 0.5 / rare}, verbose=0)
print("RESULT", "test_auc", model.evaluate(scale.transform(f_test), j_test, verbose=0)[1])
