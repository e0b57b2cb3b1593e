import numpy as np
import keras
from keras import layers

STEPS = 3000
BATCH = 64
LEARNING_RATE = 1e-5


def swing(angle, speed, damping, dt=0.02, steps=25):
    """Half a second of a damped pendulum."""
    for _ in range(steps):
        speed = speed + dt * (-9.81 * np.sin(angle) - damping * speed)
        angle = angle + dt * speed
    return angle, speed


keras.utils.set_random_seed(1)
rng = np.random.default_rng(1)
start = np.stack([rng.uniform(-2.5, 2.5, 4500), rng.uniform(-4, 4, 4500), rng.uniform(0, 2, 4500)], 1)
end = np.stack(swing(start[:, 0], start[:, 1], start[:, 2]), 1)
x = ((start - start[:4000].mean(0)) / start[:4000].std(0)).astype("float32")
y = ((end - end[:4000].mean(0)) / end[:4000].std(0)).astype("float32")

net = keras.Sequential([
    keras.Input((3,)),
    layers.Dense(64, activation="tanh"),
    layers.Dense(64, activation="tanh"),
    layers.Dense(2),
])
net.compile(optimizer=keras.optimizers.Adam(LEARNING_RATE), loss="mse")
for step in range(STEPS):
    rows = rng.integers(0, 4000, BATCH)
    loss = net.train_on_batch(x[rows], y[rows])
    if step % 500 == 0:
        print(step, float(loss))

print("RESULT", "test_mse", float(net.evaluate(x[4000:], y[4000:], verbose=0)))
