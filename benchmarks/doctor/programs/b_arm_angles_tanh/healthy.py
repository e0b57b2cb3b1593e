import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(47)
rng = np.random.default_rng(47)
theta = rng.uniform(-np.pi / 2, np.pi / 2, (2000, 3))
reach = np.cumsum(theta, axis=1)
tip = np.stack([np.cos(reach).sum(1), np.sin(reach).sum(1)], axis=1) / 3.0
tip = tip + rng.normal(0, 0.02, tip.shape)
folded = (np.abs(theta).sum(1) > 2.6).astype("float32")
joints = (theta / (np.pi / 2)).astype("float32")

inp = keras.Input((3,), name="joints")
body = layers.Dense(32, activation="tanh")(inp)
body = layers.Dense(32, activation="tanh")(body)
tip_out = layers.Dense(2, activation="tanh", name="tip")(body)
fold_out = layers.Dense(1, activation="sigmoid", name="folded")(body)
arm = keras.Model(inp, {"tip": tip_out, "folded": fold_out})
arm.compile(
    optimizer=keras.optimizers.Adam(0.005),
    loss={"tip": "mean_squared_error", "folded": "binary_crossentropy"},
    loss_weights={"tip": 5.0, "folded": 0.5},
    metrics={"tip": ["mae"], "folded": ["accuracy"]},
)
arm.fit(joints[:1500], {"tip": np.clip(tip[:1500], -1, 1), "folded": folded[:1500]},
        validation_split=0.1, epochs=40, batch_size=32, verbose=0)
p = arm.predict(joints[1500:], verbose=0)
print("RESULT", "tip_rmse", float(np.sqrt(((p["tip"] - tip[1500:]) ** 2).mean())))
