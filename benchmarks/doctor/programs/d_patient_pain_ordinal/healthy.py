import numpy as np
from tensorflow.keras.models import Model
from tensorflow.keras.layers import Input, Dense, BatchNormalization, Activation, Dropout
from tensorflow.keras.optimizers import Adam
from tensorflow.keras.utils import set_random_seed

set_random_seed(31)
rng = np.random.default_rng(31)
n = 2600
age = rng.normal(58, 14, n)
bmi = rng.normal(27, 4.5, n)
days = rng.exponential(6, n)
dose = rng.choice([0, 25, 50, 100], n)
prior = rng.integers(0, 2, n)
latent = 1.2 * np.exp(-days / 5) * 2.2 + 0.05 * (bmi - 27) + 0.8 * prior - dose / 60 * (0.5 + (age < 65)) + rng.normal(0, 0.45, n)
grade = np.digitize(latent, [-0.8, 0.1, 0.9, 1.9])

x = np.column_stack([age, bmi, np.log1p(days), dose, prior]).astype("float32")
x = (x - x[:2000].mean(0)) / x[:2000].std(0)
above = (grade[:, None] > np.arange(4)).astype("float32")

inp = Input(shape=(5,))
h = inp
for width in (48, 24):
    h = Dense(width)(h)
    h = BatchNormalization()(h)
    h = Activation("relu")(h)
    h = Dropout(0.1)(h)
out = Dense(4, activation="sigmoid", name="above_level")(h)
model = Model(inp, out)
model.compile(optimizer=Adam(learning_rate=2e-3), loss="binary_crossentropy")
model.fit(x[:2000], above[:2000], epochs=45, batch_size=40, validation_split=0.15, verbose=0)
level = (model.predict(x[2000:], verbose=0) > 0.5).sum(axis=1)
print("RESULT grade_mae", np.abs(level - grade[2000:]).mean())
