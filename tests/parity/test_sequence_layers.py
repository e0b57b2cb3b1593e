"""Layers for sequences give Keras's outputs, states, gradients, masks, configs and files."""

import json

import jax
import jax.numpy as jnp
import keras
import numpy as np
import pytest

import gyeol
from gyeol import layers, serialization
from gyeol.masking import get_mask

# Sums of some tens of terms of order 1, in another order of summation, step after step.
TOLERANCE = {"rtol": 1e-5, "atol": 1e-5}


BATCH, TIME, SIZE, UNITS = 3, 5, 4, 2
RNG = np.random.default_rng(0)
X = RNG.normal(size=(BATCH, TIME, SIZE)).astype("float32")
# In both directions: a row without gaps, one that ends and one that begins early, a gap.
MASK = np.array([[1, 1, 1, 1, 1], [1, 1, 0, 0, 0], [0, 1, 0, 1, 1]], bool)
FULL_ENDS = MASK | np.eye(1, TIME, 0, bool) | np.eye(1, TIME, TIME - 1, bool)


def plain(config):
    """A config as a file holds it."""
    return json.loads(json.dumps(config))


def described(variables):
    return [(v.path, v.name, tuple(v.shape), v.dtype) for v in variables]


def share_weights(ours, theirs):
    assert described(ours.weights) == described(theirs.weights)
    assert described(ours.trainable_weights) == described(theirs.trainable_weights)
    values = [RNG.normal(size=v.shape).astype(v.dtype) for v in ours.weights]
    ours.set_weights(values)
    theirs.set_weights(values)


def assert_close(ours, theirs, **tolerance):
    ours, theirs = jax.tree.leaves(ours), jax.tree.leaves(theirs)
    assert len(ours) == len(theirs)
    for mine, other in zip(ours, theirs):
        assert (mine.shape, mine.dtype) == (other.shape, other.dtype)
        np.testing.assert_allclose(mine, other, **(tolerance or TOLERANCE))


def assert_same_config(ours, theirs):
    assert plain(ours.get_config()) == plain(theirs.get_config())
    again = type(ours).from_config(plain(theirs.get_config()))
    assert plain(again.get_config()) == plain(ours.get_config())
    written = keras.saving.deserialize_keras_object(plain(serialization.serialize(ours)))
    assert plain(written.get_config()) == plain(theirs.get_config())


def results(layer, args, kwargs, gradients):
    """A function of variables and inputs: outputs, gradients, and other variables afterwards."""
    floats = [i for i, a in enumerate(jax.tree.leaves(args)) if a.dtype == "float32"]

    def run(trainable, others, given):
        def forward(trainable, given):
            leaves = [jnp.asarray(a) for a in jax.tree.leaves(args)]
            for i, value in zip(floats, given):
                leaves[i] = value
            filled = jax.tree.unflatten(jax.tree.structure(args), leaves)
            outputs, after = layer.stateless_call(trainable, others, *filled, **kwargs)
            # Keras counts the state of random generators to the variables, after the weights.
            return outputs, after[: len(layer.non_trainable_weights)]

        if not gradients:
            return forward(trainable, given)
        outputs, back, after = jax.vjp(forward, trainable, given, has_aux=True)
        # Any fixed numbers will do; random ones would cost most of the compilation.
        cotangents = jax.tree.map(
            lambda y: jnp.sin(1.7 * jnp.arange(y.size)).reshape(y.shape).astype(y.dtype), outputs
        )
        return outputs, after, back(cotangents)

    return run, (
        [v.value for v in layer.trainable_variables],
        [v.value for v in layer.non_trainable_variables],
        [jax.tree.leaves(args)[i] for i in floats],
    )


def assert_same_results(ours, theirs, args, kwargs, gradients=True):
    """Outputs, and gradients with respect to variables and float inputs, in one program."""
    (mine, my_args), (other, other_args) = (
        results(layer, args, kwargs, gradients) for layer in (ours, theirs)
    )
    both = jax.jit(lambda a, b: (mine(*a), other(*b)))
    assert_close(*both(my_args, other_args))


def symbolic(module, args):
    return jax.tree.map(
        lambda a: module.Input(batch_shape=(None, *a.shape[1:]), dtype=a.dtype.name), args
    )


def check(make, *args, gradients=True, **kwargs):
    """Everything that can be compared of the layer that `make(layers)` gives, called so.

    Args:
        make: takes the module of the layers, gyeol's or Keras's.
        args: the inputs.
        gradients: whether gradients are compared.
        kwargs: further arguments of the call.
    """
    ours, theirs = make(layers), make(keras.layers)
    assert_same_config(ours, theirs)
    settings = {k: v for k, v in kwargs.items() if isinstance(v, bool) and k != "training"}
    mine, other = (
        layer(*symbolic(module, args), **settings)
        for layer, module in ((ours, layers), (theirs, keras.layers))
    )
    shapes = [[(t.shape, t.dtype) for t in jax.tree.leaves(y)] for y in (mine, other)]
    assert shapes[0] == shapes[1]
    share_weights(ours, theirs)
    assert_same_results(ours, theirs, args, kwargs, gradients)
    return ours, theirs


CELLS = {
    "SimpleRNN": ("SimpleRNN", {}, 1),
    "LSTM": ("LSTM", {}, 2),
    "GRU": ("GRU", {}, 1),
    "GRU before": ("GRU", {"reset_after": False}, 1),
}


def states(count):
    return [RNG.normal(size=(BATCH, UNITS)).astype("float32") for _ in range(count)]


@pytest.mark.parametrize(
    "cell,kwargs,masked,given",
    [
        ("SimpleRNN", {"return_sequences": True, "return_state": True}, True, False),
        ("SimpleRNN", {"go_backwards": True, "use_bias": False, "activation": "relu"}, False, True),
        ("LSTM", {"return_sequences": True, "return_state": True}, True, True),
        ("LSTM", {"unroll": True, "go_backwards": True}, True, False),
        ("GRU", {"return_sequences": True, "go_backwards": True}, False, True),
        ("GRU before", {"return_state": True, "zero_output_for_mask": True}, True, False),
    ],
)
def test_recurrent(cell, kwargs, masked, given):
    name, more, count = CELLS[cell]
    call = {}
    if masked:
        # With states given, Keras's backends differ in what a masked first step puts out.
        call["mask"] = FULL_ENDS if given else MASK
    if given:
        call["initial_state"] = states(count)
    check(lambda module: getattr(module, name)(UNITS, name="it", **more, **kwargs), X, **call)


SETTINGS = {
    "activation": "relu",
    "use_bias": True,
    "kernel_initializer": "he_normal",
    "recurrent_initializer": "ones",
    "bias_initializer": "ones",
    "kernel_regularizer": "l2",
    "recurrent_regularizer": "l2",
    "bias_regularizer": "l2",
    "kernel_constraint": "max_norm",
    "recurrent_constraint": "unit_norm",
    "bias_constraint": "non_neg",
    "dropout": 0.25,
    "recurrent_dropout": 0.5,
}


@pytest.mark.parametrize("name", ["SimpleRNN", "LSTM", "GRU"])
def test_settings(name):
    layer = {"unroll": True, "trainable": False, "dtype": "float16"}
    gated = {}
    if name != "SimpleRNN":  # Keras's SimpleRNN forgets these two
        gated = {"recurrent_activation": "hard_sigmoid", "seed": 3}
        layer["activity_regularizer"] = "l2"
    for suffix, kwargs in (("", layer), ("Cell", {})):
        kwargs = {**SETTINGS, **gated, **kwargs}
        ours, theirs = (
            getattr(m, name + suffix)(2, name="it", **kwargs) for m in (layers, keras.layers)
        )
        assert_same_config(ours, theirs)
        shape = (2, 3) if suffix else (2, 5, 3)
        ours.build(shape), theirs.build(shape)
        assert described(ours.weights) == described(theirs.weights)
        for mine, other in zip(ours.weights, theirs.weights):
            if mine.name != "kernel":
                np.testing.assert_array_equal(mine.numpy(), np.asarray(other))
            for part in ("regularizer", "constraint"):
                mine_has, other_has = getattr(mine, part), getattr(other, part)
                assert plain(mine_has.get_config()) == plain(other_has.get_config())


@pytest.fixture
def same_dropout(monkeypatch):
    """Dropout that keeps what the shape of a mask says, in both."""

    def fixed(rate, shape):
        kept = np.random.default_rng(shape[0] * 7 + shape[-1]).random(shape) >= rate
        return jnp.asarray(kept / (1 - rate), "float32")

    def theirs(cell, step_input, rate):
        count = getattr(cell, "dropout_mask_count", None)
        masks = fixed(rate, (count or 1, *step_input.shape))
        return masks[0] if count is None else list(masks)

    mixin = keras.src.layers.rnn.dropout_rnn_cell.DropoutRNNCell
    monkeypatch.setattr(mixin, "_create_dropout_mask", theirs)
    monkeypatch.setattr(
        layers.LSTMCell.__base__,
        "_keep",
        lambda cell, rate, shape, dtype: fixed(rate, shape) if rate else None,
    )


@pytest.mark.parametrize(
    "cell,kwargs",
    [
        ("SimpleRNN", {"dropout": 0.5, "recurrent_dropout": 0.5}),
        ("LSTM", {"dropout": 0.5}),
        ("LSTM", {"dropout": 0.5, "recurrent_dropout": 0.5}),
        ("GRU", {"recurrent_dropout": 0.5}),
        ("GRU before", {"dropout": 0.5, "recurrent_dropout": 0.5}),
    ],
)
def test_dropout(cell, kwargs, same_dropout):
    name, more, _ = CELLS[cell]
    check(
        lambda module: getattr(module, name)(UNITS, name="it", **more, **kwargs),
        X,
        gradients=False,
        training=True,
    )


def test_stacked_cells():
    def make(module):
        cells = [module.LSTMCell(2, name="a"), module.GRUCell(3, name="b")]
        stack = module.StackedRNNCells(cells, name="stack")
        return module.RNN(stack, return_sequences=True, return_state=True, name="it")

    check(make, X, mask=FULL_ENDS, gradients=False)


def test_a_cell_of_ones_own():
    def make(module):
        class Minimal(module.Layer):
            def __init__(self, units, **kwargs):
                super().__init__(**kwargs)
                self.units = self.state_size = units

            def build(self, input_shape):
                shape = (input_shape[-1], self.units)
                self.kernel = self.add_weight(shape, "uniform", name="kernel")

            def call(self, inputs, states):
                output = inputs @ self.kernel.value + 0.5 * states[0]
                return output, [output]

        return module.RNN(Minimal(UNITS, name="cell"), return_sequences=True, name="it")

    ours, theirs = make(layers), make(keras.layers)
    ours.build(X.shape), theirs.build(X.shape)
    share_weights(ours, theirs)
    assert_same_results(ours, theirs, (X,), {"mask": MASK})


@pytest.mark.parametrize("name,count", [("SimpleRNNCell", 1), ("LSTMCell", 2), ("GRUCell", 1)])
def test_a_cell_on_its_own(name, count):
    ours, theirs = (getattr(m, name)(UNITS, name="it") for m in (layers, keras.layers))
    ours.build((None, SIZE)), theirs.build((None, SIZE))
    share_weights(ours, theirs)
    assert_same_results(ours, theirs, (X[:, 0], states(count)), {}, gradients=False)
    assert_close(ours.get_initial_state(2), theirs.get_initial_state(2))


@pytest.mark.parametrize(
    "merge_mode,kwargs,call",
    [
        ("concat", {"return_sequences": True}, {"mask": MASK}),
        ("sum", {}, {"mask": MASK}),
        ("mul", {"return_sequences": True}, {}),
        ("ave", {"return_state": True}, {"initial_state": 2}),
        (None, {"return_sequences": True, "return_state": True}, {"mask": MASK}),
    ],
)
def test_bidirectional(merge_mode, kwargs, call):
    def make(module):
        layer = module.SimpleRNN(UNITS, name="rnn", **kwargs)
        return module.Bidirectional(layer, merge_mode=merge_mode, name="it")

    if "initial_state" in call:
        call = {"initial_state": states(call["initial_state"])}
    check(make, X, gradients=merge_mode is None, **call)


def test_bidirectional_of_two_layers():
    def make(module):
        forward = module.LSTM(UNITS, name="one")
        backward = module.GRU(UNITS, go_backwards=True, name="other")
        return module.Bidirectional(forward, backward_layer=backward, name="it")

    check(make, X, gradients=False)


@pytest.mark.parametrize(
    "inner,kwargs,shape",
    [
        ("Dense", {"units": 3}, (2, 4)),
        ("LSTM", {"units": 2}, (2, 4, 3)),
        ("BatchNormalization", {}, (2, 4)),
    ],
)
def test_time_distributed(inner, kwargs, shape):
    def make(module):
        return module.TimeDistributed(getattr(module, inner)(name="inner", **kwargs), name="it")

    x = RNG.normal(size=(BATCH, *shape)).astype("float32")
    call = {"mask": MASK[:, :2, None].repeat(4, 2)} if inner == "LSTM" else {}
    check(make, x, gradients=False, training=inner == "BatchNormalization", **call)


WORDS = np.array([[1, 2, 3, 0, 0], [4, 5, 6, 7, 8], [1, 0, 2, 0, 3]], "int32")


def test_embedding():
    settings = {"embeddings_regularizer": "l2", "embeddings_constraint": "non_neg"}
    ours, _ = check(lambda m: m.Embedding(10, 4, mask_zero=True, name="it", **settings), WORDS)
    np.testing.assert_array_equal(get_mask(ours(WORDS)), WORDS != 0)


def test_masking():
    x = X.copy()
    x[0, 1] = x[2, 3:] = 0.5
    ours, theirs = check(lambda m: m.Masking(0.5, name="it"), x)
    np.testing.assert_array_equal(get_mask(ours(x)), np.asarray(theirs.compute_mask(x)))


QUERY, VALUE = X, RNG.normal(size=(BATCH, 3, 6)).astype("float32")
KEY = RNG.normal(size=(BATCH, 3, SIZE)).astype("float32")
GRID = RNG.normal(size=(2, 3, 2, 4)).astype("float32")
SEEN = np.array([[1, 1, 0], [0, 0, 0], [0, 1, 1]], bool)  # a row in which nothing is seen


@pytest.mark.parametrize(
    "kwargs,inputs,call",
    [
        (
            # Without dropout, Keras's fused attention on JAX fails at this `value_dim`.
            {"value_dim": 2, "output_shape": (2, 3), "use_bias": False, "dropout": 0.5},
            (QUERY, VALUE, KEY),
            {"value_mask": SEEN},
        ),
        ({}, (QUERY, KEY), {"value_mask": SEEN}),
        (
            {"use_gate": True, "sliding_window": 2},
            (QUERY, QUERY),
            {"attention_mask": MASK[:, None]},
        ),
        (
            {"dropout": 0.5, "activity_regularizer": "l2"},
            (QUERY, QUERY),
            {"use_causal_mask": True, "return_attention_scores": True},
        ),
        ({"attention_axes": 2}, (GRID, GRID), {}),
        ({"attention_axes": (1, 2)}, (GRID, GRID), {}),
    ],
)
def test_multi_head_attention(kwargs, inputs, call):
    ours, theirs = check(
        lambda m: m.MultiHeadAttention(2, 3, name="it", **kwargs),
        *inputs,
        gradients=not kwargs,
        **call,
    )
    assert plain(ours.get_config()) == plain(theirs.get_config())  # building fills in the axes


@pytest.mark.parametrize(
    "kwargs,call",
    [
        ({}, {"use_causal_mask": True}),
        ({"use_bias": False, "use_gate": True}, {"return_attention_scores": True}),
    ],
)
def test_grouped_query_attention(kwargs, call):
    check(
        lambda m: m.GroupQueryAttention(3, 4, 2, name="it", **kwargs),
        QUERY,
        QUERY,
        gradients=False,
        **call,
    )


@pytest.mark.parametrize(
    "name,kwargs,call",
    [
        ("Attention", {}, {"mask": [MASK, MASK[:, ::-1]], "return_attention_scores": True}),
        ("Attention", {"use_scale": True, "dropout": 0.5}, {"use_causal_mask": True}),
        ("Attention", {"score_mode": "concat", "use_scale": True}, {"mask": [None, MASK]}),
        ("AdditiveAttention", {}, {"mask": [MASK, MASK]}),
    ],
)
def test_attention(name, kwargs, call):
    ours, theirs = (getattr(m, name)(name="it", **kwargs) for m in (layers, keras.layers))
    assert_same_config(ours, theirs)
    inputs = [X, X[:, ::-1], X + 1]
    shapes = [x.shape for x in inputs]
    ours.build(shapes), theirs.build(shapes)
    share_weights(ours, theirs)
    assert_same_results(ours, theirs, (inputs,), call)


@pytest.mark.parametrize(
    "equation,kwargs",
    [
        ("abc,cde->abde", {"output_shape": (TIME, 2, 3), "bias_axes": "de"}),
        ("...x,xy->...y", {"output_shape": 3, "bias_axes": "y", "activation": "relu"}),
        ("ab...,bc->ac...", {"output_shape": 3, "bias_axes": "c"}),
    ],
)
def test_einsum_dense(equation, kwargs):
    check(lambda m: m.EinsumDense(equation, name="it", **kwargs), X, gradients=False)


def translator(module, model):
    """A model with masks on the way from the words to the output."""
    inputs = module.Input((TIME,), dtype="int32")
    x = module.Embedding(10, 4, mask_zero=True)(inputs)
    x = module.Bidirectional(module.GRU(3, return_sequences=True))(x)
    x = module.MultiHeadAttention(2, 3)(x, x)
    x = module.TimeDistributed(module.Dense(4))(x)
    return model(inputs, module.Dense(2)(module.LSTM(3)(x)))


def test_files_go_both_ways(tmp_path):
    keras.utils.clear_session()
    gyeol.utils.clear_session()
    ours = translator(layers, gyeol.Model)
    theirs = translator(keras.layers, keras.Model)
    share_weights(ours, theirs)
    assert_same_results(ours, theirs, (WORDS,), {}, gradients=False)
    for writer in (ours, theirs):
        name = type(writer).__module__.split(".")[0]
        writer.save(tmp_path / f"{name}.keras")
        pair = [m.saving.load_model(tmp_path / f"{name}.keras") for m in (gyeol, keras)]
        for mine, other in zip(pair, (ours, theirs)):
            assert_close(mine.get_weights(), other.get_weights(), rtol=0)
        assert_same_results(*pair, (WORDS,), {}, gradients=False)
        writer.save_weights(tmp_path / f"{name}.weights.h5")
        for model in pair:
            written = model.get_weights()
            model.set_weights([0 * weight for weight in written])
            model.load_weights(tmp_path / f"{name}.weights.h5")
            assert_close(model.get_weights(), written, rtol=0)
