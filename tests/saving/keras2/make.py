"""Makes the files beside it, with Keras 2: `pip install tensorflow tf_keras`, `python make.py`.

Each model is trained for two steps and saved, packed by gzip since such files are mostly zeros;
`<name>.npz` has inputs and targets, its predictions, and those after one step more.
"""

import gzip
import pathlib

import numpy as np
import tf_keras as keras

HERE = pathlib.Path(__file__).parent
layers, optimizers = keras.layers, keras.optimizers


def pictures():
    model = keras.Sequential(
        [
            layers.Conv2D(3, 3, padding="same", activation="relu", input_shape=(8, 8, 2)),
            layers.BatchNormalization(),
            layers.MaxPooling2D(),
            layers.Conv2D(4, 2, groups=1, kernel_regularizer="l2", kernel_initializer="he_uniform"),
            layers.LeakyReLU(alpha=0.2),
            layers.Flatten(),
            layers.Dense(3, activation="softmax", kernel_constraint="max_norm"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["acc"])
    return model


def graph():
    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    u = keras.Input((4,))
    inner = keras.Model(u, layers.BatchNormalization()(layers.Dense(4)(u)), name="inner")
    line = keras.Sequential([layers.Dense(3, activation="tanh", input_shape=(8,))], name="line")
    joined = layers.Concatenate()([inner(a), inner(b)])
    x = layers.Add()([line(joined), layers.Dense(3, name="beside")(joined)]) * 2.0 + 1.0
    model = keras.Model([a, b], [layers.Dense(1, name="one")(x), layers.Dense(2, name="two")(x)])
    model.compile(
        optimizers.legacy.SGD(0.01, momentum=0.9, decay=0.5),
        loss={"one": "mse", "two": keras.losses.Huber(delta=0.5)},
        loss_weights={"one": 1.0, "two": 0.5},
        metrics={"one": ["mae", keras.metrics.RootMeanSquaredError()]},
    )
    return model


def sequences():
    model = keras.Sequential(
        [
            layers.Embedding(9, 4, mask_zero=True, input_length=6),
            layers.Bidirectional(layers.LSTM(3, return_sequences=True)),
            layers.TimeDistributed(layers.Dense(4)),
            layers.GRU(3, return_sequences=True),
            layers.SimpleRNN(2),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    rate = optimizers.schedules.ExponentialDecay(0.05, 1, 0.5)
    model.compile(
        optimizers.RMSprop(rate, momentum=0.5, centered=True),
        keras.losses.BinaryCrossentropy(label_smoothing=0.1),
        metrics=[keras.metrics.AUC(num_thresholds=20), "accuracy"],
    )
    return model


def separable():
    model = keras.Sequential(
        [
            layers.Input((8, 8, 2)),
            layers.ZeroPadding2D(1),
            layers.SeparableConv2D(4, 3, depth_multiplier=2, activation="relu"),
            layers.BatchNormalization(axis=-1, momentum=0.5),
            layers.DepthwiseConv2D(3, strides=2, padding="same"),
            layers.Conv2DTranspose(3, 2, strides=2),
            layers.UpSampling2D(2),
            layers.AveragePooling2D(2),
            layers.GlobalAveragePooling2D(),
            layers.LayerNormalization(),
            layers.PReLU(),
            layers.Dense(2),
        ]
    )
    model.compile(optimizers.legacy.Adam(0.01, amsgrad=True), "mae", metrics=["mse"])
    return model


def attention():
    x = inputs = keras.Input((5, 4))
    x = layers.MultiHeadAttention(2, 3)(x, x, use_causal_mask=True)
    x = layers.GlobalMaxPooling1D()(layers.Conv1D(4, 2, padding="causal", activation="swish")(x))
    model = keras.Model(inputs, layers.Dense(1)(layers.Rescaling(0.5)(x)))
    model.compile(optimizers.Adagrad(0.1), "mse")
    return model


def drawn(shape, rng):
    return rng.normal(size=shape).astype("float32")


def packed(save, name):
    path = HERE / name
    save(path)
    path.with_suffix(".h5.gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))
    path.unlink()


def main():
    rng = np.random.default_rng(0)
    picture = drawn((4, 8, 8, 2), rng)
    tokens = np.array([[1, 2, 3, 0, 0, 0], [4, 5, 6, 7, 8, 1], [2, 2, 0, 0, 0, 0]], "int32")
    data = {
        pictures: ([picture], [np.array([0, 1, 2, 0])]),
        graph: ([drawn((4, 4), rng) for _ in "ab"], [drawn((4, 1), rng), drawn((4, 2), rng)]),
        sequences: ([tokens], [np.array([[0.0], [1.0], [1.0]], "float32")]),
        separable: ([picture], [drawn((4, 2), rng)]),
        attention: ([drawn((3, 5, 4), rng)], [drawn((3, 1), rng)]),
    }
    for build, (x, y) in data.items():
        keras.utils.set_random_seed(1)
        keras.backend.clear_session()
        model, name = build(), build.__name__
        x, y = (x, y) if len(x) > 1 else (x[0], y[0])
        for _ in range(2):
            model.train_on_batch(x, y)
        packed(model.save, f"{name}.h5")
        if build is pictures:
            packed(model.save_weights, "pictures-weights.h5")
        if build is graph:
            (HERE / "graph.json").write_text(model.to_json())
        kept = {"x": x, "y": y, "before": model.predict(x, verbose=0)}
        model.train_on_batch(x, y)
        kept["after"] = model.predict(x, verbose=0)
        flat = {
            f"{key}{n}": value
            for key, values in kept.items()
            for n, value in enumerate(values if isinstance(values, list) else [values])
        }
        np.savez(HERE / f"{name}.npz", **flat)


if __name__ == "__main__":
    main()
