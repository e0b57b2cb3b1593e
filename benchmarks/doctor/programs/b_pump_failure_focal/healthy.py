import numpy as np
import keras
from sklearn.metrics import average_precision_score

keras.utils.set_random_seed(402)
gen = np.random.default_rng(402)
N = 4000
vib, temp, flow, age = gen.normal(size=(4, N))
hazard = 1.4 * np.maximum(vib, 0) * np.maximum(temp, 0) + 0.6 * age - 0.5 * flow
hazard = hazard + 0.5 * gen.normal(size=N)
fails = (hazard > np.quantile(hazard, 0.94)).astype("float32")[:, None]
signals = np.stack([vib * 2.1 + 7, temp * 9 + 61, flow * 30 + 210, age * 400 + 2600], 1)
lo, hi = signals[:2500].mean(0), signals[:2500].std(0)
signals = (signals - lo) / hi


class PumpNet(keras.Model):
    def __init__(self):
        super().__init__()
        self.first = keras.layers.Dense(32, activation="swish")
        self.second = keras.layers.Dense(16, activation="swish")
        self.head = keras.layers.Dense(1, activation="sigmoid")

    def call(self, x):
        return self.head(self.second(self.first(x)))


net = PumpNet()
net.compile(optimizer=keras.optimizers.Adam(0.003),
            loss=keras.losses.BinaryFocalCrossentropy(apply_class_balancing=True, gamma=2.0),
            metrics=[keras.metrics.AUC(curve="PR", name="pr_auc")])
net.fit(signals[:2500], fails[:2500], validation_data=(signals[2500:3000], fails[2500:3000]),
        epochs=25, batch_size=50, verbose=0,
        callbacks=[keras.callbacks.EarlyStopping(monitor="val_pr_auc", mode="max", patience=6,
                                                 restore_best_weights=True)])
p = net.predict(signals[3000:], verbose=0)
print("RESULT", "average_precision", float(average_precision_score(fails[3000:, 0], p[:, 0])))
