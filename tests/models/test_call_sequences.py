"""Random sequences of public calls, and by name the faults that they have found."""

import copy
import gc
import pickle

import jax
import numpy as np
import pytest

import gyeol
from benchmarks.reliability import call_sequences
from gyeol import layers, losses, metrics, models, optimizers
from gyeol.layers import BatchNormalization, Dense, Input
from gyeol.training import program

X = np.random.default_rng(0).normal(size=(8, 4)).astype("float32")
Y = np.tanh(X[:, :3])


def test_random_sequences_of_calls_find_nothing():
    figures = call_sequences.run(8, seed=1)
    assert figures["findings"] == []
    assert figures["sequences"] == 8 and figures["calls"] > 60


def test_what_a_sequence_made_is_gone_with_it():
    def alive():
        gc.collect()
        parts = (layers.Layer, gyeol.optimizers.Optimizer)
        return sum(isinstance(obj, parts) for obj in gc.get_objects()), len(jax.live_arrays())

    steps = [("make", 2), ("compile_", 3), ("fit", 5), ("nest", 1), ("copies", 7), ("predict", 1)]
    list(call_sequences.execute(steps))
    before = alive()
    list(call_sequences.execute(steps))
    assert alive() == before


def test_a_fault_in_a_model_is_found_and_the_sequence_made_short(monkeypatch):
    """The harness itself: it must be able to fail."""
    monkeypatch.setattr(models.Model, "load_weights", lambda self, path: None)
    steps = [("make", 1), ("look", 1), ("weights_file", 1), ("look", 2), ("predict", 3)]
    fewest, words = call_sequences.shrunk(steps)
    assert fewest == [("weights_file", 1)] and "load_weights gives other bits" in words


# What the sequences have found ------------------------------------------------------------------


def small(*more):
    return models.Sequential([Input((4,)), Dense(3), Dense(3), *more])


def trained(optimizer="adam"):
    model = small()
    model.compile(optimizer, "mse")
    model.fit(X, Y, verbose=0)
    return model


def test_refused_weights_change_none():
    model = small()
    before = model.get_weights()
    changed = [weight + 1 for weight in before]
    for last in (np.full(before[-1].shape, "a"), np.full(before[-1].shape, None)):
        with pytest.raises(ValueError, match="takes numbers"):
            model.set_weights([*changed[:-1], last])
        for now, then in zip(model.get_weights(), before, strict=True):
            np.testing.assert_array_equal(now, then)


def test_a_refused_fit_leaves_losses_and_metrics_unsettled():
    area = metrics.AUC(multi_label=True)
    model = small()
    model.compile("sgd", losses.MeanSquaredError(), metrics=[area])
    with pytest.raises(ValueError):
        model.fit(X, np.ones((8, 7), "float32"), verbose=0)
    assert [metric.name for metric in model.metrics] == ["loss"] and area.variables == []
    assert not model.optimizer.built
    model.fit(X, (Y > 0).astype("float32"), verbose=0)
    assert [metric.name for metric in model.metrics] == ["loss", "auc"]


def test_a_model_is_no_layer_of_itself():
    model, inner = models.Sequential([Dense(3)]), models.Sequential([Dense(2)])
    for unfit in (model, models.Sequential([model])):
        with pytest.raises(ValueError, match="layer of itself"):
            model.add(unfit)
    model.add(inner)
    assert [layer.name for layer in model.layers][1:] == [inner.name]


def _pickled(obj):
    return pickle.loads(pickle.dumps(obj))


class Scaled(layers.Layer):
    """A layer of the user's, registered nowhere."""

    def __init__(self, factor=2.0, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def build(self, input_shape):
        self.scale = self.add_weight((input_shape[-1],), "ones", name="scale")

    def call(self, inputs):
        return inputs * self.scale * self.factor


@pytest.mark.parametrize("make_copy", [copy.copy, copy.deepcopy, _pickled])
def test_a_copy_is_a_model_of_its_own_with_the_same_bits(make_copy):
    model = models.Sequential([Input((4,)), Scaled(0.5), Dense(3), BatchNormalization()])
    model.compile("adam", "mse", metrics=["mae"])
    model.fit(X, Y, epochs=2, verbose=0)
    other = make_copy(model)
    ours = {id(part) for part in (*model._flatten_layers(), *model.variables)}
    assert not ours & {id(part) for part in (*other._flatten_layers(), *other.variables)}
    assert other.predict(X, verbose=0).tobytes() == model.predict(X, verbose=0).tobytes()
    assert int(other.optimizer.iterations) == 2
    for each in (model, other):
        gyeol.utils.set_random_seed(0)
        each.fit(X, Y, verbose=0)
    for one, its in zip(model.get_weights(), other.get_weights(), strict=True):
        assert one.tobytes() == its.tobytes()


def test_a_copy_is_trained_as_the_model_would_be_that_was_frozen_after_compile():
    model = trained(optimizers.SGD(0.1, momentum=0.9))
    model.layers[0].trainable = False
    other = copy.deepcopy(model)
    for each in (model, other):
        with pytest.warns(UserWarning, match="changed after compile"):
            each.fit(X, Y, verbose=0, shuffle=False)
    for one, its in zip(model.get_weights(), other.get_weights(), strict=True):
        assert one.tobytes() == its.tobytes()


def test_a_copy_of_a_layer_leaves_the_graph_behind():
    model = small()
    other = copy.deepcopy(model.layers[1])
    np.testing.assert_array_equal(other.kernel.numpy(), model.layers[1].kernel.numpy())
    assert other._inbound_nodes == [] and other.kernel is not model.layers[1].kernel
    words = layers.StringLookup(vocabulary=["a", "b"])
    assert copy.deepcopy(words).get_vocabulary() == words.get_vocabulary()
    assert not copy.deepcopy(models.Sequential([Dense(3)])).built


def test_a_deep_model_is_copied():
    x = inputs = Input((2,))
    for _ in range(120):
        x = layers.ReLU()(x)
    assert len(copy.deepcopy(models.Model(inputs, x)).layers) == 121


def test_what_is_set_on_a_layer_holds_in_programs_compiled_before():
    model = small()
    before = model.predict(X, verbose=0)
    model.layers[-1].activation = gyeol.activations.relu
    np.testing.assert_array_equal(model.predict(X, verbose=0), np.maximum(before, 0))
    model.layers[-1].dtype_policy = "mixed_bfloat16"
    assert model.predict(X, verbose=0).dtype == "bfloat16"
    model.layers[-1].dtype_policy = "float32"
    compiled = program.compilations
    np.testing.assert_array_equal(model.predict(X, verbose=0), np.maximum(before, 0))
    assert program.compilations == compiled


def test_programs_know_a_layer_from_another_in_its_place():
    class Holder(models.Model):
        def __init__(self):
            super().__init__()
            self.layer = Dense(3, use_bias=False, kernel_initializer="ones")

        def call(self, inputs):
            return self.layer(inputs)

    model = Holder()
    for activation in [None, "relu"] * 3:
        model.layer = None
        gc.collect()  # the next layer may be where this one was in memory
        model.layer = Dense(3, activation, use_bias=False, kernel_initializer="ones")
        model.layer.build((None, 4))
        got = model.predict(X, verbose=0)
        np.testing.assert_allclose(got, np.asarray(model.layer(X)), rtol=1e-5, atol=1e-6)


def test_layers_that_come_before_the_first_step_are_trained():
    model = small()
    model.compile("sgd", "mse")
    model.pop()
    model.add(Dense(3))
    before = model.get_weights()
    model.fit(X, Y, verbose=0)
    for now, then in zip(model.get_weights(), before, strict=True):
        assert (now != then).any()


@pytest.mark.parametrize("change", [lambda m: m.add(Dense(3)), lambda m: m.pop()])
def test_layers_that_come_or_go_after_training_want_a_new_compile(change):
    model = trained(optimizers.AdamW(0.1))
    gone = [v for layer in model.layers for v in layer.variables]
    change(model)
    before = [v.numpy() for v in gone]
    for train in (lambda: model.fit(X, Y, verbose=0), lambda: model.train_on_batch(X, Y)):
        with pytest.raises(ValueError, match=r"added, taken away or replaced.*compile\(\) again"):
            train()
    for variable, then in zip(gone, before, strict=True):
        np.testing.assert_array_equal(variable.numpy(), then)
    model.evaluate(X, Y, verbose=0)
    model.compile("sgd", "mse")
    model.fit(X, Y, verbose=0)


def test_an_optimizer_that_began_with_another_model_is_refused():
    """Whether a program for the structure is there already or not."""
    model, other = trained(), small()
    other.compile(model.optimizer, "mse")
    before = other.get_weights()
    with pytest.raises(ValueError, match="built for other variables"):
        other.fit(X, Y, verbose=0)
    for now, then in zip(other.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)
    assert int(model.optimizer.iterations) == 1


def test_metrics_keep_what_evaluate_found():
    model = small()
    model.compile("sgd", "mse", metrics=["mae"])
    found = model.evaluate(X, Y, verbose=0, return_dict=True)
    assert {name: float(value) for name, value in model.get_metrics_result().items()} == found


def test_a_layer_thawed_in_a_frozen_model_is_trained_by_the_outer_one():
    """As in Keras 3."""
    base = models.Sequential([Input((4,)), Dense(3), Dense(3)])
    outer = models.Sequential([Input((4,)), base, Dense(3)])
    base.trainable = False
    base.layers[-1].trainable = True
    assert base.trainable_variables == []
    for model in (outer, models.clone_model(outer), copy.deepcopy(outer)):
        inner = model.layers[0].layers[-1]
        assert [v is w for v, w in zip(model.trainable_variables, inner.variables)] == [True, True]
        assert len(model.trainable_variables) == 4
    # What is frozen from the start holds for the layers within.
    frozen = models.Sequential([Input((4,)), Dense(3)], trainable=False)
    assert len(models.Sequential([Input((4,)), frozen, Dense(3)]).trainable_variables) == 2


def test_a_program_is_not_shared_where_the_same_names_stand_for_other_layers():
    def chain(*inner):
        towers = [models.Sequential([Input((3,), name="in"), layer]) for layer in inner]
        for number, tower in enumerate(towers):
            tower.name = f"tower_{number}"
        return models.Sequential([Input((3,)), *towers])

    def two():
        return [Dense(3, name="same"), Dense(3, name="same")]

    for first, second in ((0, 1), (1, 1), (0, 0)):
        pair = two()
        model = chain(pair[0], pair[first], pair[second], pair[1])
        expected = np.asarray(model(Y))
        np.testing.assert_allclose(model.predict(Y, verbose=0), expected, rtol=1e-5, atol=1e-6)


def test_a_program_is_not_shared_where_an_optimizer_began_with_other_layers():
    for also in (0, 2):
        model = models.Sequential([Input((3,)), Dense(3), Dense(3), Dense(3)])
        for number, layer in enumerate(model.layers):
            layer.trainable = number in (1, also)
        optimizer = optimizers.SGD(0.1, momentum=0.9)
        model.compile(optimizer, "mse")
        model.fit(Y, Y, verbose=0)
        model.layers[also].trainable = False
        model.compile(optimizer, "mse")
        rest = optimizer.variables[2:4] if also == 0 else optimizer.variables[4:6]
        before = [v.numpy() for v in rest]
        model.fit(Y, Y, verbose=0)
        for slot, then in zip(rest, before, strict=True):
            np.testing.assert_array_equal(slot.numpy(), then)


class Does(gyeol.callbacks.Callback):
    """Does something to the model after each epoch."""

    def __init__(self, what):
        super().__init__()
        self.what = what

    def on_epoch_end(self, epoch, logs=None):
        self.what(self.model)

    def on_train_batch_end(self, batch, logs=None):
        if self.what is evaluated:
            self.what(self.model)


def evaluated(model):
    model.evaluate(X * 100, Y, verbose=0)
    model.predict(X, verbose=0)


def test_an_evaluation_in_the_middle_of_an_epoch_is_no_part_of_its_metrics():
    histories = []
    for what in (evaluated, lambda model: None):
        gyeol.utils.set_random_seed(1)
        model = small()
        model.compile("sgd", "mse", metrics=["mae"])
        histories.append(model.fit(X, Y, 4, epochs=2, verbose=0, callbacks=[Does(what)]).history)
    assert histories[0] == histories[1]


@pytest.mark.parametrize(
    "change,words",
    [
        (lambda model: model.compile("sgd", "mse"), "compiled anew by a callback"),
        (lambda model: model.pop(), r"added, taken away or replaced.*compile\(\) again"),
    ],
)
def test_a_model_that_a_callback_changes_in_training_is_refused_in_words(change, words):
    model = trained()
    with pytest.raises((RuntimeError, ValueError), match=words):
        model.fit(X, Y, epochs=3, verbose=0, callbacks=[Does(change)])
    model.compile("sgd", "mse")
    model.fit(X, Y, verbose=0)


def test_weights_of_a_model_that_is_not_built():
    with pytest.raises(ValueError, match="not built yet, so it has no weights to set"):
        models.Sequential([Dense(3)]).set_weights([X])


def test_a_loss_scale_that_has_not_begun_is_whole_in_a_file(tmp_path):
    model = small()
    model.compile(optimizers.LossScaleOptimizer(optimizers.SGD(0.05)), "mse")
    outer = models.Sequential([Input((4,)), model, Dense(2)])
    for number, saved in enumerate((model, outer)):
        saved.save(tmp_path / f"{number}.keras")
        loaded = models.load_model(tmp_path / f"{number}.keras")
        optimizer = (loaded if saved is model else loaded.layers[0]).optimizer
        assert float(optimizer.learning_rate) == pytest.approx(0.05)
        assert float(optimizer.dynamic_scale) == 2.0**15
