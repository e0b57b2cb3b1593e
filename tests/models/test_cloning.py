"""`clone_model`: the same structure, other layers, fresh weights."""

import numpy as np
import pytest

import gyeol
from gyeol import layers
from gyeol.models import clone_model


def sequential():
    model = gyeol.Sequential([gyeol.Input((4,), name="in"), layers.Dense(3, "relu")], name="s")
    model.add(layers.Dropout(0.5))
    return model


def functional():
    a, b = gyeol.Input((4,), name="a"), gyeol.Input((4,), name="b")
    inner, shared = sequential(), layers.Dense(3)
    x = layers.Add()([inner(a), shared(a), shared(b)])
    return gyeol.Model([a, b], {"first": layers.Dense(2)(x) * 2.0, "second": x}, name="f")


@pytest.mark.parametrize("build", [sequential, functional])
def test_the_structure_is_the_same_and_the_layers_are_new(build):
    model = build()
    model.compile("adam", "mse", metrics=["mae"])
    cloned = clone_model(model)
    assert cloned.get_config() == model.get_config()
    assert cloned.get_compile_config() == model.get_compile_config()
    assert not set(map(id, model.variables)) & set(map(id, cloned.variables))
    assert not set(map(id, model._flatten_layers())) & set(map(id, cloned._flatten_layers()))
    cloned.set_weights(model.get_weights())
    x = [np.ones((2, 4), "float32")] * len(model.inputs)
    x = x if len(x) > 1 else x[0]
    ours, theirs = cloned.predict(x, verbose=0), model.predict(x, verbose=0)
    np.testing.assert_equal(ours, theirs)


def test_layers_may_be_replaced_and_calls_changed():
    def wider(layer):
        config = layer.get_config()
        if "units" in config:
            config["units"] *= 2
        return type(layer).from_config(config)

    a = gyeol.Input((4,))
    model = gyeol.Model(a, layers.Dense(3)(sequential()(a)))
    assert clone_model(sequential(), clone_function=wider).output_shape == (None, 6)
    assert clone_model(model, clone_function=wider).output_shape == (None, 6)
    assert clone_model(model, clone_function=wider).layers[1].output_shape == (None, 3)
    deep = clone_model(model, clone_function=wider, recursive=True)
    assert deep.layers[1].output_shape == (None, 6)

    def then_relu(layer, *args, **kwargs):
        return layers.ReLU()(layer(*args, **kwargs))

    kept = clone_model(model, clone_function=lambda layer: layer, call_function=then_relu)
    assert [type(layer).__name__ for layer in kept.layers].count("ReLU") == 2
    assert kept.weights == model.weights


def test_onto_tensors_that_are_given():
    tensor = gyeol.Input((7, 4), name="frames")
    cloned = clone_model(sequential(), input_tensors=tensor)
    assert cloned.inputs == [tensor]
    assert cloned.output_shape == (None, 7, 3)
    a = gyeol.Input((4,))
    model = gyeol.Model(a, layers.Dense(2)(a))
    middle = layers.Dense(4)(tensor)
    assert clone_model(model, input_tensors=middle).input_shape == (None, 7, 4)


class Own(gyeol.Model):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.dense = layers.Dense(units)

    def call(self, x):
        return self.dense(x)


def test_a_model_of_a_class_of_ones_own_is_cloned_from_its_config():
    model = Own(3, name="mine")
    model.build((None, 4))
    cloned = clone_model(model)
    assert (type(cloned), cloned.units, cloned.name) == (Own, 3, "mine")
    assert cloned.count_params() == 15
    with pytest.raises(ValueError, match="from its config"):
        clone_model(model, clone_function=lambda layer: layer)


def test_refusals():
    with pytest.raises(ValueError, match="call_function is for functional"):
        clone_model(sequential(), call_function=lambda layer, *args: layer(*args))
    with pytest.raises(ValueError, match="one input"):
        clone_model(sequential(), input_tensors=[1])
    with pytest.raises(ValueError, match="structure"):
        clone_model(functional(), input_tensors=gyeol.Input((4,)))
    with pytest.raises(TypeError, match="deep"):
        clone_model(sequential(), deep=True)
