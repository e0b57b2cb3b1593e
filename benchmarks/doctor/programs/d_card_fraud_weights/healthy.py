import numpy as np
import tensorflow as tf
from tensorflow import keras
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

tf.keras.utils.set_random_seed(11)
rng = np.random.default_rng(11)
n = 6000
V = rng.normal(size=(n, 12))
amount = np.exp(rng.normal(3.5, 1.2, n))
score = 1.3 * V[:, 3] - 1.4 * V[:, 7] * (V[:, 1] > 0) + 0.6 * np.abs(V[:, 9]) + 0.5 * (np.log(amount) - 3.5)
fraud = (score + rng.normal(0, 0.6, n) > 3.2).astype("float32")
X = np.column_stack([V, np.log(amount + 0.001)])

train_df, test_df, train_labels, test_labels = train_test_split(X, fraud, test_size=0.2, random_state=0, stratify=fraud)
train_df, val_df, train_labels, val_labels = train_test_split(train_df, train_labels, test_size=0.2, random_state=0, stratify=train_labels)

scaler = StandardScaler()
train_features = np.clip(scaler.fit_transform(train_df), -5, 5)
val_features = np.clip(scaler.transform(val_df), -5, 5)
test_features = np.clip(scaler.transform(test_df), -5, 5)

pos, neg = train_labels.sum(), (1 - train_labels).sum()
class_weight = {0: (1 / neg) * len(train_labels) / 2.0, 1: (1 / pos) * len(train_labels) / 2.0}

model = keras.Sequential([
    keras.layers.Dense(32, activation='relu', input_shape=(train_features.shape[-1],)),
    keras.layers.Dropout(0.3),
    keras.layers.Dense(1, activation='sigmoid'),
])
model.compile(optimizer=keras.optimizers.Adam(learning_rate=1e-3),
              loss=keras.losses.BinaryCrossentropy(),
              metrics=[keras.metrics.AUC(name='prc', curve='PR')])
early_stopping = keras.callbacks.EarlyStopping(monitor='val_prc', patience=10, mode='max', restore_best_weights=True)
model.fit(train_features, train_labels, batch_size=128, epochs=40, callbacks=[early_stopping],
          validation_data=(val_features, val_labels), class_weight=class_weight, verbose=0)

print("RESULT test_auc", roc_auc_score(test_labels, model.predict(test_features, verbose=0).ravel()))
