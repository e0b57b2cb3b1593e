"""Files go both ways between gyeol and Keras: config, weights, optimizer, one step further."""

import io
import json
import zipfile

import h5py
import jax
import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gyeol

# One rounding of float32, here and there.
TOLERANCE = {"rtol": 1e-5, "atol": 1e-6}


@pytest.fixture(autouse=True)
def names_from_the_start():
    gyeol.serialization.reset_names()
    keras.src.utils.naming.reset_uids()


def without_ids(config):
    """A config without the numbers of shared objects, which are addresses in Keras."""
    if isinstance(config, dict):
        return {k: without_ids(v) for k, v in config.items() if k != "shared_object_id"}
    return [without_ids(v) for v in config] if isinstance(config, list) else config


def contents(path):
    """The names of the members, the config, and each object of the weights file."""
    objects = {}

    def note(name, obj):
        # The checksums are gyeol's addition, which Keras passes over.
        attributes = {key: value for key, value in obj.attrs.items() if key != "crc32"}
        objects[name] = (attributes, getattr(obj, "shape", None), getattr(obj, "dtype", None))

    with zipfile.ZipFile(path) as archive:
        config = json.loads(archive.read("config.json"))
        with h5py.File(io.BytesIO(archive.read("model.weights.h5"))) as file:
            file.visititems(note)
        assert set(json.loads(archive.read("metadata.json"))) == {"keras_version", "date_saved"}
        return archive.namelist(), without_ids(config), objects


def drawn(shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def assert_close(ours, theirs):
    ours, theirs = jax.tree.leaves(ours), jax.tree.leaves(theirs)
    assert len(ours) == len(theirs)
    for mine, other in zip(ours, theirs):
        np.testing.assert_allclose(np.asarray(mine), np.asarray(other), **TOLERANCE)


def disturb(model):
    """Weights that are no initial ones, so that a file that lost them would show."""
    rng = np.random.default_rng(1)
    model.set_weights([rng.uniform(0.5, 1.5, w.shape).astype(w.dtype) for w in model.get_weights()])


def outputs_of(model, x):
    """By one compiled program rather than operation by operation, which takes longer."""
    return model.predict(x, verbose=0)


def check_both_ways(build, x, tmp_path):
    """The same model in both libraries; each reads the other's file, and the files are equal."""
    models = build(gyeol), build(keras)
    for model, other, name in zip(models, (keras, gyeol), ("gyeol.keras", "keras.keras")):
        disturb(model)
        model.save(tmp_path / name)
        read = other.models.load_model(tmp_path / name)
        assert [w.shape for w in read.get_weights()] == [w.shape for w in model.get_weights()]
        assert_close(outputs_of(read, x), outputs_of(model, x))
        read.save(tmp_path / f"again-{name}")
        assert contents(tmp_path / f"again-{name}") == contents(tmp_path / name)
    assert contents(tmp_path / "gyeol.keras") == contents(tmp_path / "keras.keras")


# Structures ----------------------------------------------------------------------------------


def sequential(k):
    return k.Sequential(
        [
            k.Input((8, 8, 3)),
            k.layers.Conv2D(4, 3, activation="relu"),
            k.layers.BatchNormalization(),
            k.layers.MaxPooling2D(),
            k.layers.Dropout(0.3),
            k.layers.Flatten(),
            k.layers.Dense(3, activation="softmax"),
        ],
        name="pictures",
    )


def sequential_built_later(k):
    model = k.Sequential([k.layers.Flatten(), k.layers.Dense(3), k.layers.Dense(2)])
    model.build((None, 8, 8, 3))
    return model


def several_inputs_and_outputs(k):
    a, b = k.Input((4,), name="a"), k.Input((4,), name="b")
    shared = k.layers.Dense(3, name="shared")
    x, y = shared(a), shared(b)
    total = k.layers.Add(name="sum")([x, y])
    return k.Model([a, b], [k.layers.Dense(2, name="first")(total), k.layers.Dense(1)(x)])


def dicts_of_tensors(k):
    a, b = k.Input((4,), name="a"), k.Input((4,), name="b")
    x = k.layers.Concatenate()([a, b])
    return k.Model({"a": a, "b": b}, {"p": k.layers.Dense(2)(x), "q": k.layers.Dense(3)(x)})


def models_within(k):
    inner = k.Sequential(
        [k.Input((3,)), k.layers.Dense(2), k.layers.BatchNormalization()], name="inner"
    )
    u = k.Input((4,))
    middle = k.Model(u, inner(k.layers.Dense(3)(u)), name="middle")
    v = k.Input((4,))
    return k.Model(v, k.layers.Add()([middle(v), middle(k.layers.ReLU()(v))]), name="outer")


def sequential_of_models(k):
    first = k.Sequential([k.Input((4,)), k.layers.Dense(3), k.layers.Dense(3)])
    u = k.Input((3,))
    return k.Sequential([first, k.Model(u, k.layers.Dense(2)(u)), k.layers.Dense(2)])


def operators(k):
    a = k.Input((4,))
    return k.Model(a, (k.layers.Dense(4)(a) * 2.0 + a)[:, 1:3])


def mixed_precision(k):
    return k.Sequential(
        [
            k.Input((4,)),
            k.layers.Dense(3, dtype="mixed_bfloat16"),
            k.layers.Dense(2, dtype="float32"),
        ]
    )


def whole_bfloat16(k):
    return k.Sequential([k.Input((4,)), k.layers.Dense(3, dtype="bfloat16")])


@pytest.mark.parametrize(
    "build,x",
    [
        (sequential, drawn((2, 8, 8, 3))),
        (sequential_built_later, drawn((2, 8, 8, 3))),
        (several_inputs_and_outputs, [drawn((2, 4)), drawn((2, 4), 1)]),
        (dicts_of_tensors, {"a": drawn((2, 4)), "b": drawn((2, 4), 1)}),
        (models_within, drawn((2, 4))),
        (sequential_of_models, drawn((2, 4))),
        (operators, drawn((2, 4))),
    ],
)
def test_structures(build, x, tmp_path):
    check_both_ways(build, x, tmp_path)


@pytest.mark.parametrize("build", [mixed_precision, whole_bfloat16])
def test_short_floats_are_stored_as_keras_does(build, tmp_path):
    x = drawn((2, 4))
    for mine, other in ((gyeol, keras), (keras, gyeol)):
        model = build(mine)
        model.save(tmp_path / "m.keras")
        read = other.models.load_model(tmp_path / "m.keras")
        for w, v in zip(read.get_weights(), model.get_weights(), strict=True):
            np.testing.assert_array_equal(np.asarray(w, "float32"), np.asarray(v, "float32"))
        assert read(x).dtype == model(x).dtype


def test_dropout_of_a_file_is_active_in_training(tmp_path):
    a = keras.Input((100,))
    keras.Model(a, keras.layers.Dropout(0.5)(a)).save(tmp_path / "m.keras")
    model = gyeol.models.load_model(tmp_path / "m.keras")
    x = np.ones((1, 100), "float32")
    assert np.any(np.asarray(model(x, training=True)) == 0)
    assert np.all(np.asarray(model(x)) == 1)


# Every layer ---------------------------------------------------------------------------------

IMAGE, ROW = (6, 6, 4), (5,)
REGULARIZED = {
    "kernel_initializer": "he_normal",
    "bias_initializer": "ones",
    "kernel_regularizer": "l2",
    "bias_regularizer": {
        "module": "keras.regularizers",
        "class_name": "L1",
        "config": {"l1": 0.25},
        "registered_name": None,
    },
    "activity_regularizer": "l2",
    "kernel_constraint": "max_norm",
    "bias_constraint": "non_neg",
}
LAYERS = [
    ("Dense", {"units": 3, "activation": "gelu", "use_bias": False, "name": "mine"}, ROW),
    ("Dense", {"units": 3, "trainable": False, **REGULARIZED}, ROW),
    (
        "Conv2D",
        {
            "filters": 4,
            "kernel_size": (3, 2),
            "padding": "same",
            "dilation_rate": 2,
            "groups": 2,
            "activation": "swish",
            **REGULARIZED,
        },
        IMAGE,
    ),
    ("Conv2D", {"filters": 2, "kernel_size": 2, "strides": (2, 1), "use_bias": False}, IMAGE),
    (
        "BatchNormalization",
        {"axis": 1, "momentum": 0.9, "epsilon": 0.01, "center": False, "gamma_regularizer": "l2"},
        IMAGE,
    ),
    ("BatchNormalization", {"renorm": True, "renorm_clipping": {"rmax": 2.0}, "scale": False}, ROW),
    ("Flatten", {"data_format": "channels_first"}, IMAGE),
    ("Activation", {"activation": "hard_sigmoid"}, ROW),
    ("Softmax", {"axis": 1}, IMAGE),
    ("ReLU", {"max_value": 6.0, "negative_slope": 0.1, "threshold": 0.2}, ROW),
    ("LeakyReLU", {"negative_slope": 0.2}, ROW),
    ("Dropout", {"rate": 0.2, "noise_shape": (None, 1), "seed": 3}, ROW),
    ("MaxPooling2D", {"pool_size": (2, 3), "strides": 2, "padding": "same"}, IMAGE),
    ("AveragePooling2D", {"pool_size": 3, "strides": (1, 2)}, IMAGE),
    ("GlobalAveragePooling2D", {"keepdims": True}, IMAGE),
    ("GlobalMaxPooling2D", {"data_format": "channels_first"}, IMAGE),
    ("Rescaling", {"scale": [1.0, 2.0, 3.0, 4.0], "offset": -0.5}, IMAGE),
    ("Reshape", {"target_shape": (-1, 2)}, IMAGE),
    ("ZeroPadding2D", {"padding": ((1, 0), (2, 3))}, IMAGE),
    ("Add", {}, ROW),
    ("Concatenate", {"axis": 1}, ROW),
]


def own_cell(k):
    return {"cell": [k.layers.LSTMCell(2), k.layers.GRUCell(3)], "return_sequences": True}


# The others, by the shape of what they take: all of a kind in one model.
KINDS = {
    ROW: [
        *("PReLU", "LayerNormalization", "UnitNormalization", "RMSNormalization", "Identity"),
        ("ELU", {"alpha": 0.5}),
        ("RepeatVector", {"n": 2}),
        ("GaussianNoise", {"stddev": 0.5, "seed": 1}),
        ("GaussianDropout", {"rate": 0.5}),
        ("AlphaDropout", {"rate": 0.5}),
        ("ActivityRegularization", {"l2": 0.1}),
        ("Normalization", {"mean": 1.0, "variance": 4.0}),
        ("CategoryEncoding", {"num_tokens": 9, "output_mode": "multi_hot"}),
    ],
    IMAGE: [
        ("DepthwiseConv2D", {"kernel_size": 3, "depth_multiplier": 2, "activation": "relu"}),
        ("SeparableConv2D", {"filters": 2, "kernel_size": 2, "depthwise_regularizer": "l2"}),
        ("Conv2DTranspose", {"filters": 2, "kernel_size": 3, "strides": 2, "padding": "same"}),
        ("GroupNormalization", {"groups": 2}),
        ("SpatialDropout2D", {"rate": 0.5}),
        ("Cropping2D", {"cropping": ((1, 0), (0, 2))}),
        ("UpSampling2D", {"size": 2, "interpolation": "bilinear"}),
        ("Permute", {"dims": (3, 1, 2)}),
        ("CenterCrop", {"height": 3, "width": 4}),
        ("Resizing", {"height": 3, "width": 4}),
        ("RandomFlip", {"mode": "horizontal", "seed": 1}),
        ("RandomRotation", {"factor": 0.1}),
        ("RandomZoom", {"height_factor": 0.1}),
        ("RandomTranslation", {"height_factor": 0.1, "width_factor": 0.2}),
        ("RandomContrast", {"factor": 0.1}),
        ("RandomBrightness", {"factor": 0.1}),
        ("RandomErasing", {"factor": 0.5}),
        ("RandomGrayscale", {"factor": 0.5}),
        ("RandomHue", {"factor": 0.1}),
        ("RandomInvert", {"factor": 0.5}),
    ],
    (6, 4): [
        ("Conv1D", {"filters": 2, "kernel_size": 2, "padding": "causal"}),
        ("SeparableConv1D", {"filters": 2, "kernel_size": 2}),
        ("DepthwiseConv1D", {"kernel_size": 2}),
        ("Conv1DTranspose", {"filters": 2, "kernel_size": 2}),
        *("MaxPooling1D", "GlobalMaxPooling1D", "GlobalAveragePooling1D"),
        ("AveragePooling1D", {"pool_size": 2}),
        *("ZeroPadding1D", "Cropping1D", "UpSampling1D", "Masking"),
        ("SpatialDropout1D", {"rate": 0.5}),
        ("LSTM", {"units": 2, "dropout": 0.2, "recurrent_regularizer": "l2"}),
        ("GRU", {"units": 2, "return_sequences": True, "go_backwards": True}),
        ("SimpleRNN", {"units": 2}),
        ("RNN", own_cell),
        ("Bidirectional", lambda k: {"layer": k.layers.LSTM(2)}),
        ("TimeDistributed", lambda k: {"layer": k.layers.Dense(2)}),
        ("EinsumDense", {"equation": "abc,cd->abd", "output_shape": (None, 2)}),
    ],
    (4, 4, 4, 1): [
        ("Conv3D", {"filters": 2, "kernel_size": 2}),
        ("Conv3DTranspose", {"filters": 2, "kernel_size": 2}),
        *("MaxPooling3D", "GlobalMaxPooling3D", "GlobalAveragePooling3D"),
        ("AveragePooling3D", {"pool_size": 2}),
        *("ZeroPadding3D", "Cropping3D", "UpSampling3D"),
        ("SpatialDropout3D", {"rate": 0.5}),
    ],
    ("pairs",): [
        *("Subtract", "Multiply", "Average", "Maximum", "Minimum", "Attention"),
        ("AdditiveAttention", {"use_scale": True}),
        ("Dot", {"axes": -1}),
        ("MultiHeadAttention", {"num_heads": 2, "key_dim": 3}),
        ("GroupQueryAttention", {"head_dim": 2, "num_query_heads": 2, "num_key_value_heads": 1}),
    ],
    ("tokens",): [("Embedding", {"input_dim": 9, "output_dim": 2, "mask_zero": True})],
}
# Real Keras needs TensorFlow for these, or a function that no file holds, or has no such class;
# and its RandomCrop does not crop in `predict`.
ELSEWHERE = {
    "AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D",
    "AdaptiveMaxPooling1D AdaptiveMaxPooling2D AdaptiveMaxPooling3D Discretization HashedCrossing",
    "Hashing IntegerLookup StringLookup TextVectorization Lambda Wrapper RandomCrop",
    "GRUCell GroupedQueryAttention LSTMCell SimpleRNNCell StackedRNNCells",
}


def test_every_layer_is_here():
    covered = {name for name, _, _ in LAYERS} | {"InputLayer", "Layer"}
    covered |= {e if isinstance(e, str) else e[0] for entries in KINDS.values() for e in entries}
    covered |= {name for line in ELSEWHERE for name in line.split()}
    layers = {
        cls.__name__
        for cls in vars(gyeol.layers).values()
        if isinstance(cls, type) and issubclass(cls, gyeol.layers.Layer)
    }
    assert layers <= covered


@pytest.mark.parametrize("shape", KINDS)
def test_layers_of_a_kind(shape, tmp_path):
    """Either library reads the files of the other, of both kinds."""

    def build(k):
        several = shape == ("pairs",)
        if shape == ("tokens",):
            given = inputs = k.Input((4,), dtype="int32")
        else:
            inputs = [k.Input((3, 4)), k.Input((3, 4))] if several else k.Input(shape)
            given = inputs
        outputs = []
        for entry in KINDS[shape]:
            name, kwargs = (entry, {}) if isinstance(entry, str) else entry
            layer = getattr(k.layers, name)(**(kwargs(k) if callable(kwargs) else kwargs))
            takes_two = name in ("MultiHeadAttention", "GroupQueryAttention")
            outputs.append(layer(*given) if takes_two else layer(given))
        return k.Model(inputs, outputs)

    if shape == ("tokens",):
        x = np.array([[1, 2, 0, 0], [3, 8, 1, 2]], "int32")
    elif shape == ("pairs",):
        x = [drawn((2, 3, 4)), drawn((2, 3, 4), 1)]
    else:
        x = np.abs(drawn((2, *shape)))
    for mine, other in ((gyeol, keras), (keras, gyeol)):
        model = build(mine)
        disturb(model)
        expected = outputs_of(model, x)
        # Keras cannot write its own augmenting layers to an '.h5' file, nor read its attention.
        is_new_only = (mine, shape) in ((keras, IMAGE), (gyeol, ("pairs",)))
        for name in ("m.keras",) if is_new_only else ("m.keras", "m.h5"):
            model.save(tmp_path / name)
            assert_close(outputs_of(other.models.load_model(tmp_path / name), x), expected)


@pytest.mark.parametrize("name,kwargs,shape", LAYERS)
def test_layers(name, kwargs, shape, tmp_path):
    def build(k):
        a = k.Input(shape)
        layer = getattr(k.layers, name)(**kwargs)
        return k.Model(a, layer([a, a]) if name in ("Add", "Concatenate") else layer(a))

    check_both_ways(build, drawn((2, *shape)), tmp_path)


# What compile was given ----------------------------------------------------------------------


@gyeol.saving.register_keras_serializable("tests")
@keras.saving.register_keras_serializable("tests")
def squared(y_true, y_pred):
    return (y_true - y_pred) ** 2


def objects(k):
    rate = k.optimizers.schedules.ExponentialDecay(0.05, 2, 0.5, staircase=True)
    return {
        "optimizer": k.optimizers.Adam(rate, beta_1=0.8, amsgrad=True, clipnorm=1.0),
        "loss": k.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1),
        "metrics": [k.metrics.CategoricalAccuracy(name="hits")],
        "weighted_metrics": ["mse"],
    }


def functions(k):
    return {
        "optimizer": k.optimizers.RMSprop(
            k.optimizers.schedules.CosineDecay(0.01, 10),
            momentum=0.5,
            centered=True,
            weight_decay=0.01,
            use_ema=True,
            gradient_accumulation_steps=2,
        ),
        "loss": squared,
        "metrics": [k.losses.mean_absolute_error, squared],
    }


def small(k):
    return k.Sequential(
        [k.Input((4,)), k.layers.Dense(3, "tanh"), k.layers.BatchNormalization(), k.layers.Dense(2)]
    )


def step(model, x, y):
    model.train_on_batch(x, y)
    return [np.asarray(v) for v in model.optimizer.variables], model.get_weights()


@pytest.mark.parametrize("compiled", [objects, functions])
def test_compiled_models_train_on_alike(compiled, tmp_path):
    x, y = drawn((8, 4)), np.eye(2, dtype="float32")[np.arange(8) % 2]
    for mine, other in ((gyeol, keras), (keras, gyeol)):
        model = small(mine)
        model.compile(**compiled(mine))
        step(model, x, y)
        model.save(tmp_path / "m.keras")
        read = other.models.load_model(tmp_path / "m.keras")
        assert_close(
            [np.asarray(v) for v in read.optimizer.variables],
            [np.asarray(v) for v in model.optimizer.variables],
        )
        read.save(tmp_path / "again.keras")
        assert contents(tmp_path / "again.keras")[1:] == contents(tmp_path / "m.keras")[1:]
        assert_close(step(read, x, y), step(model, x, y))


def test_losses_and_metrics_by_output(tmp_path):
    x = [drawn((8, 4)), drawn((8, 4), 1)]
    y = {"first": drawn((8, 2), 2), "second": drawn((8, 1), 3)}
    for mine, other in ((gyeol, keras), (keras, gyeol)):
        a, b = mine.Input((4,), name="a"), mine.Input((4,), name="b")
        hidden = mine.layers.Add()([a, mine.layers.Dense(4)(b)])
        outputs = [mine.layers.Dense(n, name=m)(hidden) for m, n in (("first", 2), ("second", 1))]
        model = mine.Model([a, b], outputs)
        model.compile(
            "adam",
            loss={"first": "mse", "second": mine.losses.LogCosh()},
            loss_weights={"first": 0.5, "second": 2.0},
            metrics={"first": ["mae", "accuracy"], "second": [mine.metrics.RootMeanSquaredError()]},
        )
        y_listed = [y["first"], y["second"]]
        step(model, x, y_listed)
        model.save(tmp_path / "m.keras")
        read = other.models.load_model(tmp_path / "m.keras")
        assert_close(step(read, x, y_listed), step(model, x, y_listed))


def test_a_model_saved_before_its_first_step(tmp_path):
    """Keras warns of its own such files; it must not of gyeol's, nor gyeol of Keras's."""
    x, y = drawn((8, 4)), drawn((8, 2))
    ours = small(gyeol)
    ours.compile("adam", "mse")
    ours.save(tmp_path / "m.keras")
    assert not ours.optimizer.built
    assert_close(step(keras.models.load_model(tmp_path / "m.keras"), x, y), step(ours, x, y))
    theirs = small(keras)
    theirs.compile("adam", "mse")
    theirs.save(tmp_path / "m.keras")
    assert_close(step(gyeol.models.load_model(tmp_path / "m.keras"), x, y), step(theirs, x, y))


# Classes of one's own ------------------------------------------------------------------------


def classes(k):
    """A model and a layer, written as a user would, for either library."""

    @k.saving.register_keras_serializable("tests")
    class Scaled(k.layers.Layer):
        def __init__(self, units, **kwargs):
            super().__init__(**kwargs)
            self.units = units
            self.inner = k.layers.Dense(units)
            self.others = [k.layers.Dense(units), k.layers.Dense(units)]

        def build(self, input_shape):
            self.shift = self.add_weight((self.units,), "ones", trainable=False)
            self.scale = self.add_weight((input_shape[-1], self.units), "ones")
            self.inner.build(input_shape)
            for layer in self.others:
                layer.build((None, self.units))

        def call(self, x):
            hidden = self.inner(x) + x @ self.scale + self.shift
            return self.others[1](self.others[0](hidden))

        def get_config(self):
            return {**super().get_config(), "units": self.units}

    @k.saving.register_keras_serializable("tests")
    class Net(k.Model):
        """Attributes that sort before and after 'layers', private ones, and nested containers."""

        def __init__(self, units=3, **kwargs):
            super().__init__(**kwargs)
            self.zero = k.layers.Dense(units)
            self.blocks = [
                k.layers.Dense(2),
                [k.layers.Dense(2), k.layers.Dense(4)],
                {"deep": k.layers.Dense(5)},
            ]
            self._hidden = k.layers.Dense(2)
            self.drop = k.layers.Dropout(0.2)
            self.nested = k.Sequential([k.layers.Dense(4), k.layers.BatchNormalization()])
            self.scaled = Scaled(2)

        def call(self, x, training=False):
            x = self.drop(self.zero(x), training=training)
            x = self.blocks[1][1](self.blocks[1][0](self.blocks[0](x)))
            x = self._hidden(self.blocks[2]["deep"](x))
            return self.scaled(self.nested(x, training=training))

    return Scaled, Net


def test_classes_of_ones_own(tmp_path):
    ours, theirs = classes(gyeol), classes(keras)
    x = drawn((4, 4))
    for (_, mine), other in ((ours, keras), (theirs, gyeol)):
        model = mine(3)
        model(x)
        disturb(model)
        model.compile("sgd", "mse")
        model.save(tmp_path / "m.keras")
        read = other.models.load_model(tmp_path / "m.keras")
        assert type(read).__name__ == "Net"
        assert_close(read(x), model(x))
        model.save_weights(tmp_path / "m.weights.h5")
        again = (theirs if mine is ours[1] else ours)[1](3)
        again(x)
        again.load_weights(tmp_path / "m.weights.h5")
        assert_close(again(x), model(x))


def test_classes_by_custom_objects(tmp_path):
    class Twice(gyeol.layers.Layer):
        def call(self, x):
            return 2 * x

    class KerasTwice(keras.layers.Layer):
        def call(self, x):
            return 2 * x

    x = drawn((2, 4))
    model = keras.Sequential([keras.Input((4,)), KerasTwice(name="twice"), keras.layers.Dense(2)])
    model.save(tmp_path / "m.keras")
    read = gyeol.models.load_model(tmp_path / "m.keras", {"KerasTwice": Twice})
    assert_close(read(x), model(x))
    read.save(tmp_path / "m.keras")
    again = keras.models.load_model(tmp_path / "m.keras", {"Twice": KerasTwice})
    assert_close(again(x), model(x))


def shifted(by):
    return lambda x, factor=2.0: factor * x + by


@pytest.mark.parametrize("ending", ["keras", "h5"])
@pytest.mark.filterwarnings("ignore:.*to hold the code of a Python lambda")
def test_lambdas_go_both_ways_where_code_may_run(tmp_path, ending):
    x, path = drawn((3, 4)), tmp_path / f"m.{ending}"
    functions = [lambda x: 2 * x, shifted(by=0.5)]
    # Keras 3.15 cannot read the defaults that it writes; those of gyeol's files it can.
    for mine, other, function in [(keras, gyeol, f) for f in functions] + [
        (gyeol, keras, functions[1])
    ]:
        model = mine.Sequential([mine.Input((4,)), mine.layers.Lambda(function)])
        model.save(path)
        with pytest.raises(ValueError, match="safe_mode=False"):
            other.models.load_model(path)
        assert_close(other.models.load_model(path, safe_mode=False)(x), model(x))


@pytest.mark.filterwarnings("ignore:.*includes a `lambda`")
def test_a_lambda_of_keras_as_loss(tmp_path):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    model.compile("sgd", loss=lambda y, p: (y - p) ** 2)
    model.save(tmp_path / "m.keras")
    with pytest.raises(ValueError, match="safe_mode=False"):
        gyeol.models.load_model(tmp_path / "m.keras")
    read = gyeol.models.load_model(tmp_path / "m.keras", safe_mode=False)
    y = drawn((3, 2))
    assert_close(read.loss(y, y + 2), np.full((3, 2), 4.0))


# Weights alone -------------------------------------------------------------------------------


def test_weights_alone_go_both_ways(tmp_path):
    x = drawn((2, 8, 8, 3))
    for mine, other in ((gyeol, keras), (keras, gyeol)):
        model, read = sequential(mine), sequential(other)
        disturb(model)
        model.save_weights(tmp_path / "m.weights.h5")
        read.load_weights(tmp_path / "m.weights.h5")
        assert_close(read(x), model(x))
        model.save(tmp_path / "m.keras")
        read = sequential(other)
        read.load_weights(tmp_path / "m.keras")
        assert_close(read(x), model(x))


# Models at random ----------------------------------------------------------------------------


@st.composite
def graphs(draw):
    """A recipe: for each layer its kind and which earlier tensors of shape (4,) it takes."""
    recipe = []
    inputs = draw(st.integers(1, 3))
    for n in range(draw(st.integers(1, 6))):
        sources = st.integers(0, inputs + n - 1)
        kind = draw(st.sampled_from(("dense", "norm", "relu", "add", "join", "again", "within")))
        recipe.append((kind, draw(sources), draw(sources)))
    outputs = draw(st.lists(st.integers(0, inputs + len(recipe) - 1), min_size=1, max_size=3))
    return inputs, recipe, [max(outputs[0], inputs), *outputs[1:]]


def from_graph(k, graph):
    inputs, recipe, outputs = graph
    tensors = [k.Input((4,), name=f"in{n}") for n in range(inputs)]
    shared = k.layers.Dense(4, "tanh", name="shared")
    a = k.Input((4,))
    within = k.Model(a, k.layers.Dense(4)(k.layers.BatchNormalization()(a)), name="within")
    for kind, first, second in recipe:
        x, y = tensors[first], tensors[second]
        if kind == "add":
            x = k.layers.Add()([x, y])
        elif kind == "join":
            x = k.layers.Dense(4, use_bias=False)(k.layers.Concatenate()([x, y]))
        else:
            layer = {
                "dense": lambda: k.layers.Dense(4, "relu", kernel_regularizer="l2"),
                "norm": lambda: k.layers.BatchNormalization(momentum=0.5),
                "relu": lambda: k.layers.ReLU(3.0),
                "again": lambda: shared,
                "within": lambda: within,
            }[kind]()
            x = layer(x)
        tensors.append(x)
    return k.Model(tensors[:inputs], [tensors[n] for n in outputs], name="drawn")


@settings(max_examples=10)
@given(graphs())
def test_models_at_random(tmp_path_factory, graph):
    names_from_the_start.__wrapped__()
    x = [drawn((2, 4), n) for n in range(graph[0])]
    check_both_ways(lambda k: from_graph(k, graph), x, tmp_path_factory.mktemp("drawn"))
