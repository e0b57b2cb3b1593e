import numpy as np
import pandas as pd
import tensorflow as tf
from tensorflow.keras.layers import Dense
from tensorflow.keras.models import Sequential
from sklearn.preprocessing import StandardScaler

tf.random.set_seed(13)
np.random.seed(13)
df = pd.DataFrame(np.random.rand(800, 3) * [300, 50, 100], columns=['TV', 'radio', 'paper'])
df['sales'] = 3 + 0.045 * df.TV + 0.0012 * df.TV * df.radio + np.random.randn(800) * 1.2

scaled = pd.DataFrame(StandardScaler().fit(df[:600]).transform(df), columns=df.columns)
x = scaled[['TV', 'radio', 'paper']].values
y = scaled['sales'].values

model = Sequential()
model.add(Dense(12, input_dim=3, activation='relu'))
model.add(Dense(8, activation='relu'))
model.add(Dense(1, activation='linear'))
opt = tf.keras.optimizers.Adam(learning_rate=0.01)
model.compile(loss='mse', optimizer=opt, metrics=['mae'])
model.fit(x[:600], y[:600], epochs=50, batch_size=20, verbose=0)
e = model.predict(x[600:], verbose=0).flatten() - y[600:]
print('RESULT', 'r2', 1 - (e ** 2).mean() / y[600:].var())
