"""Recurrent layers: masks, states kept from batch to batch, dropout, what the loop contains."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gyeol import Sequential, Variable, activations, layers, random
from gyeol.masking import get_mask
from gyeol.variable import filled

RNG = np.random.default_rng(0)
X = RNG.normal(size=(2, 4, 3)).astype("float32")


def close(a, b):
    np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_padding_that_is_masked_changes_nothing():
    layer = layers.LSTM(2, return_sequences=True, return_state=True)
    short = layer(X)
    padded = np.concatenate([X, RNG.normal(size=(2, 2, 3)).astype("float32")], 1)
    mask = np.arange(6) < 4
    output, *states = layer(padded, mask=np.stack([mask, mask]))
    close(output[:, :4], short[0])
    close(output[:, 4], short[0][:, -1])
    close(output[:, 5], short[0][:, -1])
    for a, b in zip(states, short[1:]):
        close(a, b)


@pytest.mark.parametrize("unroll", [False, True])
def test_a_masked_first_step_puts_out_zeros(unroll):
    # As tf.keras does: before the first step there is no output to repeat, whatever the state.
    layer = layers.GRU(2, return_sequences=True, return_state=True, unroll=unroll)
    mask = np.array([[False, True, True, True]] * 2)
    given = np.ones((2, 2), "float32")
    output, _ = layer(X, initial_state=given, mask=mask)
    close(output[:, 0], np.zeros((2, 2)))
    close(output[:, 1:], layer(X[:, 1:], initial_state=given)[0])


def test_masked_outputs_are_zero_if_asked():
    layer = layers.SimpleRNN(2, return_sequences=True, zero_output_for_mask=True)
    output = np.asarray(layer(X, mask=np.array([[True, False, True, False]] * 2)))
    assert not output[:, [1, 3]].any() and output[:, [0, 2]].all()


def test_the_mask_passes_on_with_the_sequence_only():
    mask = np.array([[True, True, False, False]] * 2)
    output, *states = layers.LSTM(2, return_sequences=True, return_state=True)(X, mask=mask)
    np.testing.assert_array_equal(get_mask(output), mask)
    assert [get_mask(state) for state in states] == [None, None]
    assert get_mask(layers.LSTM(2)(X, mask=mask)) is None


def matrix_products(jaxpr):
    return sum(eqn.primitive.name == "dot_general" for eqn in jaxpr.eqns)


@pytest.mark.parametrize("name", ["SimpleRNN", "LSTM", "GRU"])
def test_the_inputs_are_multiplied_once_for_all_steps(name):
    layer = getattr(layers, name)(2)
    layer.build((None, 4, 3))
    program = jax.make_jaxpr(lambda x: layer(x))(X).jaxpr
    (loop,) = [eqn for eqn in program.eqns if eqn.primitive.name == "scan"]
    assert matrix_products(program) == 1
    assert matrix_products(loop.params["jaxpr"].jaxpr) == 1


class Doubled(layers.LSTMCell):
    def call(self, inputs, states, training=False):
        output, states = super().call(inputs, states, training=training)
        return 2 * output, states


def test_a_cell_derived_from_ours_is_called():
    layer = layers.LSTM(2, return_sequences=True)
    derived = layers.RNN(Doubled(2), return_sequences=True)
    layer.build((None, 4, 3)), derived.build((None, 4, 3))
    derived.set_weights(layer.get_weights())
    close(derived(X), 2 * layer(X))


def test_a_cell_may_be_any_object():
    class Sum:
        state_size = 3

        def call(self, inputs, states):
            total = inputs + states[0]
            return total, [total]

    close(layers.RNN(Sum())(X), X.sum(1))


def test_stateful_goes_on_where_the_batch_before_ended():
    inputs = layers.Input(batch_shape=(2, 2, 3))
    layer = layers.GRU(2, stateful=True)
    layer(inputs)
    plain = layers.GRU(2)
    plain.build((None, 4, 3))
    plain.set_weights([v.numpy() for v in layer.cell.weights])
    for _ in range(2):
        layer(X[:, :2])
        close(layer(X[:, 2:]), plain(X))
        layer.reset_state()
    # A file holds the weights, and no states.
    assert [v.name for v in layer._variables_of_its_own()] == []
    with pytest.raises(ValueError, match="states of 2 rows; the batch has 1"):
        layer(X[:1, :2])


def test_stateful_goes_on_within_a_compiled_run():
    model = Sequential([layers.Input(batch_shape=(2, 2, 3)), layers.SimpleRNN(2, stateful=True)])
    model.compile("sgd", "mse")
    model.optimizer.learning_rate = 0.0
    y = np.zeros((4, 2), "float32")
    model.fit(np.concatenate([X[:, :2], X[:, 2:]]), y, batch_size=2, shuffle=False, verbose=0)
    again = layers.SimpleRNN(2)
    again.build((None, 4, 3))
    again.set_weights([v.numpy() for v in model.layers[0].cell.weights])
    close(model.layers[0].states[0].value, again(X))


def test_stateful_without_a_batch_size_is_refused():
    with pytest.raises(ValueError, match=r"Input\(batch_shape="):
        layers.LSTM(2, stateful=True)(layers.Input((4, 3)))


def test_dropout_is_the_same_at_every_step_and_repeats_with_the_key():
    layer = layers.LSTM(4, dropout=0.5, return_sequences=True, recurrent_initializer="zeros")
    x = np.ones((8, 3, 6), "float32")
    layer.build(x.shape)

    def gates(key):
        with random.stream(jax.random.key(key)):
            products, _ = layer.cell.begin(jnp.swapaxes(x, 0, 1), True)
        return np.asarray(products)

    first = gates(0)
    np.testing.assert_array_equal(first[0], first[2])
    assert (first[0, 0] != first[0, 1]).any()
    np.testing.assert_array_equal(first, gates(0))
    assert (first != gates(1)).any()


def test_mixed_precision_keeps_float32_variables():
    layer = layers.GRU(2, dtype="mixed_bfloat16", return_state=True)
    assert {a.dtype.name for a in layer(X)} == {"bfloat16"}
    assert {v._value.dtype.name for v in layer.weights} == {"float32"}


def test_old_arguments_are_taken():
    layer = layers.LSTM(2, implementation=1, time_major=False, input_shape=(4, 3))
    assert "implementation" not in layer.get_config()
    assert layer.units == 2 and layer.recurrent_activation.__name__ == "sigmoid"
    assert Sequential([layer]).output_shape == (None, 2)


@pytest.mark.parametrize(
    "make,words",
    [
        (lambda: layers.LSTM(0), "positive whole number"),
        (lambda: layers.LSTM(2)(X[0]), "expects 3 axes"),
        (lambda: layers.LSTM(2)(X, initial_state=[X[:, 0, :2]]), "has 2 states"),
        (lambda: layers.GRU(2)(layers.Input((4, None))), "last axis"),
        (lambda: layers.RNN(layers.Dense(2)), "state_size"),
        (lambda: layers.RNN([layers.Dense(2)]), "state_size"),
        (lambda: layers.GRU(2, use_cudnn="yes"), "use_cudnn"),
    ],
)
def test_mistakes_are_named(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_time_major_is_refused():
    with pytest.raises(NotImplementedError, match="time_major"):
        layers.LSTM(2, time_major=True)


# Calls outside of every program -------------------------------------------------------------


@pytest.fixture
def steps(monkeypatch):
    """How often the step of an LSTM was looked at: it is at each compilation."""
    seen = []
    step = layers.LSTMCell.step

    def counted(self, *args, **kwargs):
        seen.append(self)
        return step(self, *args, **kwargs)

    monkeypatch.setattr(layers.LSTMCell, "step", counted)
    return seen


def alone(layer, x, **kwargs):
    """What a layer of the same config and weights gives at its first call."""
    other = type(layer).from_config(layer.get_config())
    other.build(x.shape)
    other.set_weights(layer.get_weights())
    return np.asarray(other(x, **kwargs))


def test_a_loop_is_compiled_once_for_all_calls(steps):
    x = np.random.default_rng(0).normal(size=(2, 3, 4)).astype("float32")
    layer = layers.LSTM(3, return_sequences=True)
    first = np.asarray(layer(x))
    looked_at = len(steps)
    np.testing.assert_array_equal(layer(x), first)
    layer.set_weights([w * 2 for w in layer.get_weights()])
    np.testing.assert_array_equal(layer(x), alone(layer, x))
    mask = np.array([[True, True, False], [True, False, False]])
    masked = alone(layer, x, mask=mask)
    before = len(steps)
    np.testing.assert_array_equal(layer(x, mask=mask), masked)
    assert len(steps) > before  # another form of arguments
    before = len(steps)
    for _ in range(3):
        np.testing.assert_array_equal(layer(x, mask=mask), masked)
        layer(x)
    assert len(steps) == before and looked_at


def test_what_changes_in_a_recurrent_layer_is_seen_by_its_next_call():
    x = np.random.default_rng(0).normal(size=(2, 3, 4)).astype("float32")
    layer = layers.LSTM(3)
    before = np.asarray(layer(x))
    layer.cell.activation = activations.relu
    assert not np.allclose(layer(x), before)
    np.testing.assert_allclose(layer(x), alone(layer, x), rtol=1e-6)
    layer.go_backwards = True
    np.testing.assert_allclose(layer(x), alone(layer, x), rtol=1e-6)
    layer.cell.kernel = Variable(np.zeros((4, 12)))
    layer.cell.bias.assign(np.zeros(12))
    assert not np.asarray(layer(x)).any()
    assert len(layer.variables) == 4  # the kernel that was replaced is the layer's own, too


def test_dropout_and_gradients_of_a_recurrent_layer_called_before():
    x = np.random.default_rng(0).normal(size=(2, 3, 4)).astype("float32")
    layer = layers.GRU(3, dropout=0.5)
    layer(x)
    drawn = [np.asarray(layer(x, training=True)) for _ in range(2)]
    assert not np.array_equal(*drawn)
    assert np.asarray(jax.grad(lambda x: layer(x).sum())(x)).any()
    weights = [v.value for v in layer.trainable_variables]

    def total(weights):
        with filled(layer.trainable_variables, weights):
            return layer(x).sum()

    assert all(np.asarray(g).any() for g in jax.grad(total)(weights))


def test_a_cell_of_the_users_is_run_at_each_call():
    class Cell(layers.Layer):
        state_size = 2
        factor = [1.0]

        def call(self, inputs, states):
            output = states[0] + inputs * self.factor[0]
            return output, [output]

    layer = layers.RNN(Cell())
    x = np.ones((1, 3, 2), "float32")
    assert layer(x).tolist() == [[3.0, 3.0]]
    Cell.factor[0] = 2.0
    assert layer(x).tolist() == [[6.0, 6.0]]
