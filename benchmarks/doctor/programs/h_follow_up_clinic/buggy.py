import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import MinMaxScaler
from tensorflow import keras
from tensorflow.keras import layers, regularizers

keras.utils.set_random_seed(29)
rng = np.random.RandomState(29)
n = 1200
df = pd.DataFrame({
    "bmi": rng.normal(31, 6, n),
    "age": rng.uniform(21, 75, n),
    "steps": rng.gamma(4, 1700, n),
    "pedigree": rng.gamma(2, 0.24, n),
    "fasting": rng.normal(105, 18, n),
    "hba1c": rng.normal(5.9, 0.7, n),
})
risk = (0.09 * (df.fasting - 105) + 0.12 * (df.bmi - 31) + 0.03 * (df.age - 48) - 0.00025 * (df.steps - 6800)
        + 1.4 * (df.pedigree - 0.48) + 1.5 * (df.hba1c - 5.9) + rng.normal(0, 0.6, n))
df["status"] = np.where(risk > 0.3, "diabetic", "healthy")
df["status"] = df["status"].map({"healthy": 1, "diabetic": 2})

train, test = train_test_split(df, test_size=0.25, random_state=29)
y_train, y_test = train.pop("status"), test.pop("status")
scaler = MinMaxScaler()
X_train = scaler.fit_transform(train)
X_test = scaler.transform(test)

model = keras.Sequential([
    keras.Input((6,)),
    layers.Dense(24, activation="elu", kernel_regularizer=regularizers.l2(1e-4)),
    layers.Dense(12, activation="elu", kernel_regularizer=regularizers.l2(1e-4)),
    layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.005), loss="mse")
model.fit(X_train, y_train.values, epochs=30, batch_size=32, validation_split=0.15, verbose=0)
pred = np.round(model.predict(X_test, verbose=0)).ravel()
print("RESULT", "test_accuracy", np.mean(pred == y_test.values))
