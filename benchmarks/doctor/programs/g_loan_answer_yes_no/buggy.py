import numpy
from sklearn.preprocessing import MinMaxScaler, LabelEncoder
from sklearn.metrics import balanced_accuracy_score
from keras.models import Model
from keras.layers import Input, Dense, concatenate
from keras.optimizers import Adam
from keras.utils import set_random_seed

set_random_seed(8)
rng = numpy.random.default_rng(8)
N = 3000
person = numpy.stack([rng.normal(42, 12, N), rng.normal(3200, 900, N), rng.integers(0, 25, N)], 1)
loan = numpy.stack([rng.uniform(1000, 40000, N), rng.integers(6, 85, N), rng.uniform(2, 14, N)], 1)
rate_month = loan[:, 0] / loan[:, 1] + loan[:, 0] * loan[:, 2] / 1200
left = person[:, 1] - 3.5 * rate_month + 25 * person[:, 2] + rng.normal(0, 450, N)
answer = numpy.where(left > 2000, "yes", "no")

person = MinMaxScaler().fit(person[:2300]).transform(person)
loan = MinMaxScaler().fit(loan[:2300]).transform(loan)
y = LabelEncoder().fit_transform(answer).reshape(-1, 1)

in_a = Input(shape=(3,), name="person")
in_b = Input(shape=(3,), name="loan")
a = Dense(12, activation="elu")(in_a)
b = Dense(12, activation="elu")(in_b)
z = concatenate([a, b])
z = Dense(24, activation="elu")(z)
out = Dense(1, activation="sigmoid")(z)
model = Model(inputs=[in_a, in_b], outputs=out)
model.compile(optimizer=Adam(0.005), loss="kullback_leibler_divergence", metrics=["accuracy"])
model.fit([person[:2300], loan[:2300]], y[:2300], batch_size=64, epochs=40, verbose=0)

yes = (model.predict([person[2300:], loan[2300:]], verbose=0) > 0.5).astype(int)
print("share of yes", y.mean())
print("RESULT", "balanced_accuracy", balanced_accuracy_score(y[2300:].ravel(), yes.ravel()))
