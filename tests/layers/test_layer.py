"""What every layer does: variables, building, calling, symbolic shapes, configs."""

import json

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import gyeol
from gyeol import layers, regularizers, serialization, utils
from gyeol.layers import Dense, Input, Layer
from gyeol.layers.base import call_context
from gyeol.symbolic import KerasTensor
from gyeol.variable import Variable

ONES = np.ones((2, 3), "float32")


def names(variables):
    return [variable.path for variable in variables]


# Variables ----------------------------------------------------------------------------------


class Holder(Layer):
    """Holds layers and variables in every kind of attribute."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.listed = [Dense(2, name="a"), {"deep": (Dense(2, name="b"), None)}]
        self.single = Dense(2, name="c")
        self.again = self.single
        self.number = Variable(1.0, name="number")
        self.counts = {"seen": Variable(0.0, trainable=False, name="seen")}
        self.nothing = None

    def build(self, input_shape):
        self.late = self.add_weight((1,), "ones", name="late")

    def call(self, inputs):
        total = self.single(inputs) * self.number * self.late
        return total + self.listed[0](inputs) + self.listed[1]["deep"][0](inputs)


def test_layers_and_variables_are_found_in_attributes():
    layer = Holder(name="holder")
    layer(ONES)
    own = ["holder/late", "number", "seen"]
    inner = [f"holder/{layer}/{name}" for layer in "abc" for name in ("kernel", "bias")]
    assert names(layer.variables) == own + inner
    assert names(layer.trainable_variables) == own[:2] + inner
    assert names(layer.non_trainable_variables) == ["seen"]
    assert layer.count_params() == 3 + 3 * (3 * 2 + 2)


def test_freezing_reaches_every_layer_within():
    layer = Holder(name="holder")
    layer(ONES)
    layer.trainable = False
    assert layer.trainable_variables == [] and len(layer.non_trainable_variables) == 9
    assert not layer.single.trainable
    layer.trainable = True
    layer.single.trainable = False
    assert names(layer.trainable_variables)[-2:] == ["holder/b/kernel", "holder/b/bias"]
    assert len(layer.variables) == 9


def test_a_layer_replaced_is_no_longer_held():
    layer = Holder()
    layer(ONES)
    layer.single = layer.again = Dense(7, name="new")
    layer.single(ONES)
    assert names(layer.variables)[-2:] == ["new/kernel", "new/bias"]


def test_add_weight_defaults():
    layer = Layer(name="it")
    scalar = layer.add_weight()
    matrix = layer.add_weight((3, 4), name="matrix")
    whole = layer.add_weight((2,), dtype="int32", name="whole", trainable=False)
    assert (scalar.shape, scalar.dtype, scalar.trainable) == ((), "float32", True)
    assert matrix.path == "it/matrix" and 0 < np.abs(matrix.numpy()).max() <= np.sqrt(6 / 7)
    assert (whole.dtype, whole.numpy().tolist()) == ("int32", [0, 0])
    assert layer.variables == [scalar, matrix, whole]
    assert Layer(dtype="float16").add_weight((1,), "ones").dtype == "float16"


def test_weights_are_replaced_together_or_not_at_all():
    layer = Dense(2)
    layer.build((None, 3))
    before = layer.get_weights()
    kernel, bias = before[0] + 1, before[1] + 1
    for wrong in ([kernel], [kernel, bias, bias], [kernel, np.ones(3)], [bias, kernel]):
        with pytest.raises(ValueError):
            layer.set_weights(wrong)
        np.testing.assert_array_equal(layer.get_weights()[0], before[0])
    layer.set_weights([kernel, bias])
    np.testing.assert_array_equal(layer.get_weights()[0], kernel)
    layer.get_weights()[0][:] = 9
    np.testing.assert_array_equal(layer.get_weights()[0], kernel)


# Building and calling -----------------------------------------------------------------------


def test_build_by_hand_or_by_a_call_is_the_same_build():
    by_hand, by_call = Dense(2), Dense(2)
    by_hand.build((None, 3))
    kernel = by_hand.kernel
    by_call(ONES)
    assert by_hand.built and by_call.built
    by_hand(ONES)
    assert by_hand.kernel is kernel and len(by_hand.weights) == 2
    assert by_hand.get_build_config() == by_call.get_build_config() == {"input_shape": (None, 3)}


class Two(Layer):
    def build(self, left_shape, right_shape):
        self.left = self.add_weight((left_shape[-1],), "ones", name="left")
        self.right = self.add_weight((right_shape[-1],), "ones", name="right")

    def call(self, left, right, scale=1.0):
        return (left * self.left).sum() + scale * (right * self.right).sum()


def test_layers_that_are_built_for_a_shape_note_it():
    """As in Keras's files, where some layers are built from the start and note none."""
    noted = {
        layers.Resizing(2, 2): (None, 4, 4, 1),
        layers.CategoryEncoding(4): (None, 2),
        layers.Identity(): None,
        layers.Masking(): None,
    }
    for layer, shape in noted.items():
        layer(np.zeros((shape and (1, *shape[1:])) or (1, 2, 2), "float32"))
        assert layer.get_build_config() == (shape and {"input_shape": shape})


def test_several_arguments_and_their_shapes():
    for call in (
        lambda layer: layer(ONES, np.ones((2, 4)), scale=2.0),
        lambda layer: layer(ONES, right=np.ones((2, 4)), scale=2.0),
        lambda layer: layer(right=np.ones((2, 4)), left=ONES, scale=2.0),
    ):
        layer = Two()
        assert float(call(layer)) == 6 + 16
        shapes = {"left_shape": (None, 3), "right_shape": (None, 4)}
        assert layer.get_build_config() == {"shapes_dict": shapes}
        again = Two()
        again.build_from_config(json.loads(json.dumps(layer.get_build_config())))
        assert [v.shape for v in again.weights] == [(3,), (4,)]


class Phase(Layer):
    """Gives the phase it is called in."""

    def call(self, inputs, training=None):
        return inputs * 0 + (1.0 if training else 0.0)


class Around(Layer):
    def __init__(self, given=None, **kwargs):
        super().__init__(**kwargs)
        self.inner, self.given = Phase(), given

    def call(self, inputs):
        if self.given is None:
            return self.inner(inputs)
        return self.inner(inputs, training=self.given)


@pytest.mark.parametrize(
    "given,outer,expected",
    [(None, None, 0), (None, True, 1), (None, False, 0), (False, True, 0), (True, False, 1)],
)
def test_the_phase_is_handed_down_unless_it_is_given(given, outer, expected):
    layer = Around(given)
    assert float(layer(ONES, training=outer)[0, 0]) == expected
    assert float(layer(ONES)[0, 0]) == bool(given)
    with call_context(training=True):
        assert float(layer(ONES)[0, 0]) == (1 if given is None else given)


def test_inputs_become_arrays_of_the_layers_float_type():
    class Seen(Layer):
        def call(self, inputs):
            self.seen = jax.tree.map(lambda x: x.dtype.name, inputs)
            return inputs

    half = Seen(dtype="mixed_float16")
    half({"x": ONES, "n": np.ones(2, "int32"), "list": [np.ones(1, "float64")]})
    assert half.seen == {"x": "float16", "n": "int32", "list": ["float16"]}
    as_it_is = Seen(autocast=False, dtype="float16")
    as_it_is(ONES)
    assert as_it_is.seen == "float32"
    assert Dense(1)([[1.0, 2.0]]).shape == (1, 1)
    assert Dense(1)(Variable(ONES)).shape == (2, 1)


def test_losses_of_a_call_are_added():
    class Penalized(Layer):
        def call(self, inputs):
            self.add_loss(inputs.sum())
            return inputs

    layer = Penalized(activity_regularizer=regularizers.L1(0.5))
    layer(ONES)
    losses = []
    with call_context(training=True, losses=losses):
        layer(ONES)
    # The regularizer's share is a mean over the batch.
    assert [float(loss) for loss in losses] == [6.0, 1.5]


def test_stateless_call_leaves_the_boxes_alone():
    layer = layers.BatchNormalization()
    layer.build((None, 3))
    trainable = [v.value + 1 for v in layer.trainable_variables]
    others = [v.value + 1 for v in layer.non_trainable_variables]
    before = layer.get_weights()
    outputs, after = jax.jit(
        lambda *state: layer.stateless_call(*state, jnp.asarray(3 * ONES), training=True)
    )(trainable, others)
    np.testing.assert_allclose(outputs, 1.0, rtol=1e-6)
    assert not np.allclose(after[0], others[0])
    for now, then in zip(layer.get_weights(), before):
        np.testing.assert_array_equal(now, then)


def test_errors_of_a_layers_own_pass_as_they_are():
    class Angry(Layer):
        def call(self, inputs):
            raise ValueError("my own words")

    with pytest.raises(ValueError, match=r"^my own words$"):
        Angry()(ONES)
    with pytest.raises(NotImplementedError, match="Layer has no call"):
        Layer()(ONES)


def test_errors_of_jax_name_the_layer():
    class Wrong(Layer):
        def call(self, inputs):
            return inputs + jnp.ones(7)

    with pytest.raises(ValueError, match=r"Layer 'culprit' \(Wrong\) .* shape \(2, 3\)"):
        Wrong(name="culprit")(ONES)

    class Boxed(Layer):
        def build(self, input_shape):
            self.kernel = self.add_weight((3, 3), "ones")

        def call(self, inputs):
            return jnp.dot(inputs, self.kernel)

    with pytest.raises(TypeError, match=r"'culprit' \(Boxed\).*self\.kernel\.value"):
        Boxed(name="culprit")(ONES)


# Symbolic -----------------------------------------------------------------------------------


class Counting(Layer):
    def build(self, input_shape):
        self.calls = self.add_weight(initializer="zeros", trainable=False, name="calls")

    def call(self, inputs):
        self.calls.assign_add(1.0)
        return [inputs.mean(1), {"twice": jnp.concatenate([inputs, inputs], 1)}]


def test_symbolic_outputs_in_any_structure_change_nothing():
    layer = Counting()
    mean, rest = layer(Input((None, 4)))
    assert mean.shape == (None, 4) and rest["twice"].shape == (None, None, 4)
    shapes = layer.compute_output_shape((None, 5, 4))
    assert shapes == [(None, 4), {"twice": (None, 10, 4)}]
    assert float(layer.calls) == 0.0


def test_symbolic_tensors_say_that_they_have_no_values():
    tensor = Input((3,), name="table")
    assert repr(tensor) == "<KerasTensor shape=(None, 3), dtype=float32, name=table>"
    for wrong in (bool, len, iter, np.asarray):
        with pytest.raises(TypeError, match="symbolic"):
            wrong(tensor)
    with pytest.raises(TypeError, match="KerasTensor"):
        jnp.sin(tensor)


def test_arithmetic_on_symbolic_tensors_from_either_side():
    tensor = Input((3,))
    for array in (np.ones(3, "float32"), jnp.ones(3), 2.0):
        for result in (tensor * array, array * tensor, array - tensor, -tensor):
            assert result.shape == (None, 3)


def test_input_and_output_of_the_first_call():
    layer = Dense(2, name="it")
    with pytest.raises(AttributeError, match="'it' was never called"):
        _ = layer.output
    x = Input((3,))
    y = layer(x)
    layer(Input((3,)))
    assert layer.input is x and layer.output is y
    assert isinstance(y, KerasTensor)


# Names and configs --------------------------------------------------------------------------


def test_automatic_names_count_by_class_and_begin_again():
    utils.clear_session()
    made = [Dense(1), Dense(1), layers.MaxPooling2D(), Dense(1, name="mine"), Dense(1)]
    assert [layer.name for layer in made] == [
        "dense",
        "dense_1",
        "max_pooling2d",
        "mine",
        "dense_2",
    ]
    utils.clear_session()
    assert Dense(1).name == "dense"


def round_trip(layer):
    config = json.loads(json.dumps(serialization.serialize(layer)))
    return serialization.deserialize(config, custom_objects={type(layer).__name__: type(layer)})


class Plain(Layer):
    """Has arguments and no `get_config`."""

    def __init__(self, factor, units=3, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.factor, self.units, self.activation = factor, units, activation
        self.kernel = None

    def call(self, inputs):
        return inputs * self.factor


class Bare(Layer):
    """Has an argument and hands nothing on."""

    def __init__(self, factor=2.0):
        super().__init__()
        self.factor = factor


class Careful(Layer):
    """Has a `get_config` of its own."""

    def __init__(self, factor, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def get_config(self):
        return {**super().get_config(), "factor": self.factor}


def test_layers_without_get_config_are_described_by_their_arguments():
    layer = round_trip(Plain(2.5, units=4, name="p", dtype="mixed_bfloat16", trainable=False))
    assert (layer.factor, layer.units, layer.activation) == (2.5, 4, None)
    assert (layer.name, layer.compute_dtype, layer.trainable) == ("p", "bfloat16", False)
    assert round_trip(Bare(7.0)).factor == 7.0
    assert round_trip(Careful(1.5, name="c")).factor == 1.5
    assert round_trip(Careful(1.5, name="c")).name == "c"


def test_a_class_that_is_in_no_table_is_named():
    config = serialization.serialize(Careful(1.0))
    with pytest.raises(ValueError, match=r"'Careful'.*custom_objects"):
        serialization.deserialize(config)


def test_layers_that_hold_each_other(tmp_path):
    """A part that knows what it is in, and a model that knows itself."""

    class Block(layers.Layer):
        def __init__(self, net):
            super().__init__()
            self.net, self.dense = net, layers.Dense(3)

        def call(self, x):
            return self.dense(x)

    class Net(gyeol.Model):
        def __init__(self):
            super().__init__()
            self.block, self.me = Block(self), self

        def call(self, x):
            return self.me.block(x)

    net = Net()
    net.compile("sgd", "mse")
    net.fit(np.ones((8, 4)), np.ones((8, 3)), verbose=0)
    assert [w.shape for w in net.weights] == [(4, 3), (3,)]
    assert [layer.name for layer in net.layers] == ["block"]
    net.save_weights(tmp_path / "net.weights.h5")
    before = net.get_weights()
    net.set_weights([w + 1 for w in before])
    net.load_weights(tmp_path / "net.weights.h5")
    for now, then in zip(net.get_weights(), before):
        np.testing.assert_array_equal(now, then)
