import math
import numpy as np
import keras
from keras.layers import Dense, BatchNormalization, Activation, Input
from keras.callbacks import LearningRateScheduler

keras.utils.set_random_seed(55)
rng = np.random.default_rng(55)
n = 3400
kinds = 6
proto = rng.normal(0, 1.0, (kinds, 3, 12))
fault = rng.choice(kinds, n, p=[0.3, 0.2, 0.2, 0.15, 0.1, 0.05])
x = proto[fault, rng.integers(0, 3, n)] + rng.normal(0, 0.75, (n, 12))
x = (x - x[:2600].mean(0)) / x[:2600].std(0)
onehot = keras.utils.to_categorical(fault, kinds)

EPOCHS = 40
def warm_cosine(epoch, lr):
    if epoch < 4:
        return 0.5 * (epoch + 1) / 4
    return 0.25 * (1 + math.cos(math.pi * (epoch - 4) / (EPOCHS - 4))) + 1e-4

model = keras.Sequential([Input((12,))])
for _ in range(3):
    model.add(Dense(40, use_bias=False, kernel_initializer="he_normal", kernel_regularizer=keras.regularizers.l2(5e-4)))
    model.add(BatchNormalization())
    model.add(Activation("relu"))
model.add(Dense(kinds, activation="softmax"))
model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.1), metrics=["accuracy"],
              loss=keras.losses.CategoricalCrossentropy(label_smoothing=0.05))
model.fit(x[:2200], onehot[:2200], validation_data=(x[2200:2600], onehot[2200:2600]), epochs=EPOCHS, batch_size=64,
          callbacks=[LearningRateScheduler(warm_cosine)], verbose=0)
print("RESULT accuracy", model.evaluate(x[2600:], onehot[2600:], verbose=0)[1])
