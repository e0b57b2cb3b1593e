import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(77)
rng = np.random.default_rng(77)
rows = 3500
shop = rng.integers(1, 26, rows)
product = rng.integers(100, 140, rows)
price_off = rng.choice([0, 0.1, 0.25, 0.4], rows)
holiday = (rng.random(rows) < 0.15).astype("float32")
shop_size, appeal = rng.normal(0, 0.5, 26), rng.normal(0, 0.6, 140)
elastic = rng.uniform(0.5, 3.5, 140)
log_sales = 3 + shop_size[shop] + appeal[product] + elastic[product] * price_off + 0.4 * holiday
log_sales = log_sales + rng.normal(0, 0.2, rows)
y = (log_sales - log_sales[:2500].mean()) / log_sales[:2500].std()
numbers = np.c_[price_off * 4, holiday].astype("float32")

shop_in = keras.Input((1,), name="shop", dtype="int64")
product_in = keras.Input((1,), name="product", dtype="int64")
number_in = keras.Input((2,), name="numbers")
s = layers.Flatten()(layers.Embedding(26, 4)(shop_in))
p = layers.Flatten()(layers.Embedding(140, 6)(product_in))
joined = layers.Concatenate()([s, p, number_in])
joined = layers.Dense(32, activation="relu")(joined)
sales = layers.Dense(1)(joined)
model = keras.Model([shop_in, product_in, number_in], sales)
model.compile(keras.optimizers.Adam(0.005), loss="mse", metrics=["mae"])


def part(a, b):
    return {"shop": shop[a:b, None], "product": product[a:b, None], "numbers": numbers[a:b]}


model.fit(part(0, 2500), y[:2500], validation_data=(part(2500, 2800), y[2500:2800]), epochs=15,
          batch_size=50, verbose=0)
mse, mae = model.evaluate(part(2800, rows), y[2800:], verbose=0)
print("RESULT", "r2", float(1 - mse / y[2800:].var()))
