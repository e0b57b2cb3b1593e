import numpy as np
import keras
from keras.layers import Input, Dense, concatenate
from keras.models import Model
from keras.optimizers import Adam

keras.utils.set_random_seed(53)
rng = np.random.default_rng(53)
features = 12
inputU = rng.normal(size=(3000, features))
inputM = rng.normal(size=(3000, features))
match = (inputU[:, :4] * inputM[:, :4]).sum(1) + inputM[:, 5]
outputY = np.clip(np.round(3 + 0.6 * match), 1, 5)

inputLayerU = Input(shape=(features,))
inputLayerM = Input(shape=(features,))
dense1 = Dense(features, activation='relu')
denseU = dense1(inputLayerU)
denseM = dense1(inputLayerM)
concatLayer = concatenate([denseU, denseM], axis=1)
denseLayer = Dense(features * 2, activation='relu')(concatLayer)
outputLayer = Dense(1, activation='softmax')(denseLayer)

model = Model(inputs=[inputLayerU, inputLayerM], outputs=outputLayer)
model.compile(loss='mean_squared_error', optimizer=Adam(lr=0.01), metrics=['accuracy'])
model.fit([inputU[:2400], inputM[:2400]], outputY[:2400], epochs=40, batch_size=64, verbose=0)

p = model.predict([inputU[2400:], inputM[2400:]], verbose=0).ravel()
print("RESULT", "test_mae", float(np.abs(p - outputY[2400:]).mean()))
