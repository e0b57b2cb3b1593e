"""What a watched script does is what it does without being watched."""

import runpy
from textwrap import dedent

import numpy as np
import pytest

from gyeol.doctor.bench import Bench
from gyeol.doctor.pages import trainings_of
from gyeol.doctor.watching import watching

BEGIN = """
import numpy as np, gyeol as keras
from gyeol import layers

keras.utils.set_random_seed(1)
model = keras.Sequential([keras.Input((3,)), layers.Dense(1)], name="net")
model.compile("sgd", "mse")
"""


def bare(path, text):
    path.write_text(BEGIN + dedent(text))
    return runpy.run_path(str(path))


def watched(path, text):
    path.write_text(BEGIN + dedent(text))
    with watching(str(path)) as seen:
        names = runpy.run_path(str(path))
    return names, seen


STREAMS = """
drawn, rng = [], np.random.default_rng(0)


def batch(what):
    drawn.append(what)
    x = rng.normal(size=(8, 3)).astype("float32")
    return x, x.sum(axis=1)


class Walked:
    def __iter__(self):
        return (batch("walked") for _ in range(12))


class Numbered(keras.utils.PyDataset):
    def __len__(self):
        return 12

    def __getitem__(self, index):
        return batch(index)


class Told(Walked):
    def on_epoch_end(self):
        drawn.append("end")


model.fit({data}, epochs=2, verbose=0, {options})
"""
OF_A_WALK = "steps_per_epoch=6"
LISTED = "[batch('held') for _ in range(12)]"


@pytest.mark.parametrize(
    "data, options",
    [
        ("Walked()", ""),
        ("Numbered()", ""),
        ("Told()", ""),
        ("(batch('once') for _ in range(12))", OF_A_WALK),
        ("Walked()", "validation_data=Walked()"),
        ("Walked()", f"validation_data={LISTED}, validation_steps=3, validation_freq=2"),
    ],
)
def test_a_stream_with_random_numbers_of_its_own_is_read_as_it_is_without(tmp_path, data, options):
    text = STREAMS.format(data=data, options=options)
    one = bare(tmp_path / "train.py", text)
    other, seen = watched(tmp_path / "train.py", text)
    assert one["drawn"] == other["drawn"]
    for before, after in zip(one["model"].weights, other["model"].weights, strict=True):
        np.testing.assert_array_equal(before, after)
    (fit,) = seen.fits.values()
    assert len(fit.x) == len(fit.y) == 64 and fit.history
    np.testing.assert_allclose(fit.y, fit.x.sum(axis=1), rtol=1e-5)
    if "validation_data" in options:
        assert len(fit.validation[0]) == (24 if "validation_steps" in options else 64)
        assert not np.isin(fit.validation[0], fit.x).any()


def test_a_layer_with_random_numbers_of_its_own_gets_the_same(tmp_path):
    text = """
    class Shaken(layers.Layer):
        def call(self, x):
            return x + np.random.rand()


    np.random.seed(0)
    model = keras.Sequential([keras.Input((3,)), layers.Dense(4), Shaken(), layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(np.ones((20, 3)), np.ones(20), verbose=0)
    last = np.random.rand()
    """
    one, (other, _) = bare(tmp_path / "a.py", text), watched(tmp_path / "a.py", text)
    assert one["last"] == other["last"]
    for before, after in zip(one["model"].weights, other["model"].weights, strict=True):
        np.testing.assert_array_equal(before, after)


def test_what_is_refused_of_a_stream_is_explained(tmp_path):
    text = """
    model = keras.Sequential([keras.Input((3,)), layers.Dense(3, "softmax", name="last")])
    model.compile("sgd", "categorical_crossentropy")
    batch = np.zeros((8, 3)), np.arange(8) % 3
    try:
        model.fit((batch for _ in range(3)), verbose=0)
    except ValueError as error:
        said = str(error)
    """
    names, seen = watched(tmp_path / "train.py", text)
    assert names["said"] == bare(tmp_path / "train.py", text)["said"]
    assert "wrong_loss" in [finding.rule for finding in seen.findings]


def test_more_than_the_first_batch_of_a_stream_is_looked_at(tmp_path):
    text = """
    rng = np.random.default_rng(0)
    x = rng.normal(size=(256, 3)).astype("float32")
    x[:, 1] = (np.arange(256) >= 32) * 500 * x[:, 1]
    split = [(x[n : n + 32], x[n : n + 32].sum(axis=1)) for n in range(0, 256, 32)]
    model.fit(iter(split), validation_data=split[-2:], verbose=0)
    """
    _, seen = watched(tmp_path / "train.py", text)
    assert {"unscaled_input", "data_leak"} <= {finding.rule for finding in seen.findings}


@pytest.mark.parametrize(
    "call",
    [
        "model.fit(x, y, validation_data=(x[:0], y[:0]), verbose=0)",
        "model.fit(x, y, validation_split=1.5, verbose=0)",
        "model.fit(x, y, validation_split=0.999, verbose=0)",
        "model.fit(x, y[:4], verbose=0)",
        "model.fit(np.zeros((20, 5)), y, verbose=0)",
        "model.fit(x.astype(str), y, verbose=0)",
        "model.fit(iter([]), verbose=0)",
        "model.fit([(x, y, y, y)], verbose=0)",
        "model.fit('data.csv', verbose=0)",
        "model.fit(7, y, verbose=0)",
        "model.fit(x, y, rounds=3)",
        "model.fit([[1, 2], [3]], [1, 2], validation_data=3)",
        "model.compile('sgd', lambda y, out: 1 / 0); model.fit(x, y, verbose=0)",
        "keras.Sequential([layers.Dense(1)]).fit(x, y)",
    ],
)
def test_a_script_gets_the_error_that_it_gets_without(tmp_path, call):
    text = f"""
    x, y = np.ones((20, 3)), np.arange(20.0)
    try:
        {call}
    except Exception as error:
        said = type(error), str(error).replace("Model.fit()", "").strip()
    """
    alone, (names, _) = bare(tmp_path / "a.py", text), watched(tmp_path / "a.py", text)
    assert names["said"] == alone["said"]


def test_a_trial_is_compiled_as_its_fit_was_and_not_as_the_script_ended(tmp_path):
    text = """
    rng = np.random.default_rng(0)
    x = rng.normal(size=(160, 3)).astype("float32")
    first, last = layers.Dense(6, "relu"), layers.Dense(1)
    model = keras.Sequential([keras.Input((3,)), first, last])
    first.trainable = False
    model.compile(keras.optimizers.Adam(0.05), "mae")
    slower = keras.callbacks.ReduceLROnPlateau("loss", patience=0, min_delta=1e9)
    model.fit(x, 5000 + x[:, 0], epochs=3, callbacks=[slower], verbose=0)
    first.trainable = True
    model.compile(keras.optimizers.SGD(1e-6), "mse")
    model.fit(x, 5000 + x[:, 0], epochs=3, verbose=0)
    """
    _, seen = watched(tmp_path / "train.py", text)
    made = []
    with pytest.MonkeyPatch.context() as patch:
        score = Bench._score
        patch.setattr(
            Bench,
            "_score",
            lambda self, model, *rest: made.append(model) or score(self, model, *rest),
        )
        benches = [Bench(fit) for fit in seen.fits.values()]
        for bench in benches:
            bench.scores(bench.trial)
    told = {(m.loss, type(m.optimizer).__name__, len(m.trainable_variables)) for m in made}
    assert told == {("mae", "Adam", 2), ("mse", "SGD", 4)}
    rates = {type(m.optimizer).__name__: float(m.optimizer.learning_rate) for m in made}
    assert rates == pytest.approx({"Adam": 0.05, "SGD": 1e-6})
    facts = [(bench.trial.facts.optimizer, bench.trial.facts.learning_rate) for bench in benches]
    assert facts == [("Adam", pytest.approx(0.05)), ("SGD", pytest.approx(1e-6))]
    settings = [training.settings for training in trainings_of(seen, text)]
    assert [(s["loss"], s["optimizer"]) for s in settings] == [("mae", "Adam"), ("mse", "SGD")]
    assert settings[0]["learning_rate"] == pytest.approx(0.05)


def test_a_training_that_goes_on_in_other_fits_was_not_too_short(tmp_path):
    text = """
    x = np.random.default_rng(0).normal(size=(640, 3)).astype("float32")
    y = (x[:, 0] > 0).astype("float32")
    model.compile("sgd", keras.losses.BinaryCrossentropy(from_logits=True))
    for _ in range({times}):
        model.fit(x, y, epochs=4, batch_size=32, verbose=0)
    """
    for times, rules in [(1, ["too_few_updates"]), (4, [])]:
        seen = watched(tmp_path / "train.py", text.format(times=times))[1]
        assert [finding.rule for finding in seen.findings] == rules


def test_rows_that_are_evaluated_show_overfitting_without_validation_rows(tmp_path):
    text = """
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(120, 3)), rng.normal(size=120)
    model = keras.Sequential(layers.Dense(128, "relu") for _ in range(2))
    model.add(layers.Dense(1))
    model.compile(keras.optimizers.Adam(0.01), "mse")
    model.fit(x[:60], y[:60], epochs={epochs}, verbose=0)
    model.evaluate(x[60:], y[60:], verbose=0)
    """
    for epochs, rules in [(150, ["overfitting"]), (30, [])]:
        seen = watched(tmp_path / "train.py", text.format(epochs=epochs))[1]
        assert [finding.rule for finding in seen.findings] == rules


def test_steps_that_a_script_takes_itself_are_a_training(tmp_path):
    text = """
    x = np.linspace(-1, 1, 128)[:, None]
    y = 4 * x ** 2 + 9
    model = keras.Sequential([keras.Input((1,)), layers.Dense(16, "relu"), layers.Dense(1)])
    model.compile(keras.optimizers.SGD({rate}), "mse")
    rng = np.random.default_rng(0)
    for step in range(300):
        rows = {rows}
        model.train_on_batch(x[rows], y[rows])
    weights = model.get_weights()
    """
    for rate, rows, leading in [
        (1e-5, "slice(None)", ["lr_too_low"]),
        (1e-5, "slice(step % 4 * 32, step % 4 * 32 + 32)", ["lr_too_low"]),
        (1e-5, "rng.integers(0, 128, 32)", ["chance_level"]),
        (0.1, "slice(None)", []),
    ]:
        written = text.format(rate=rate, rows=rows)
        names, seen = watched(tmp_path / "train.py", written)
        one, other = names["weights"], bare(tmp_path / "train.py", written)["weights"]
        assert all(np.array_equal(a, b) for a, b in zip(one, other))
        assert [finding.rule for finding in seen.findings][:1] == leading


def test_steps_on_rows_that_never_come_again_are_no_training(tmp_path):
    text = """
    model = keras.Sequential([keras.Input((1,)), layers.Dense(16, "relu"), layers.Dense(1)])
    model.compile(keras.optimizers.SGD(1e-5), "mse")
    rng = np.random.default_rng(0)
    for step in range(60):
        x = rng.normal(size=(32, 1))
        model.train_on_batch(x, x ** 2)
    """
    assert not watched(tmp_path / "train.py", text)[1].findings


def test_rows_that_are_evaluated_may_be_made_otherwise_than_those_that_were_validated(tmp_path):
    text = """
    rng = np.random.default_rng(0)
    x = rng.normal(size=(400, 4)).astype("float32")
    y = x @ [1, -2, 0.5, 1]
    model = keras.Sequential([keras.Input((4,)), layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.05), "mse")
    model.fit(x[:300], y[:300], epochs=20, validation_split=0.2, verbose=0)
    model.evaluate(x[300:]{columns}, y[300:], verbose=0)
    """
    for columns, rules in [("[:, ::-1]", ["preprocess_mismatch"]), ("", [])]:
        seen = watched(tmp_path / "train.py", text.format(columns=columns))[1]
        assert [finding.rule for finding in seen.findings] == rules


def test_folds_that_one_model_is_trained_on_in_turn(tmp_path):
    text = """
    rng = np.random.default_rng(0)
    x = rng.normal(size=(300, 4))
    y = x @ [1, -2, 0.5, 1]

    def made():
        model = keras.Sequential([keras.Input((4,)), layers.Dense(1)])
        model.compile(keras.optimizers.Adam(0.05), "mse")
        return model

    model = made()
    for held in np.split(rng.permutation(300), 3):
        kept = np.setdiff1d(np.arange(300), held)
        {anew}
        model.fit(x[kept], y[kept], epochs=15, {validation}verbose=0)
        model.evaluate(x[held], y[held], verbose=0)
    """
    held = "validation_data=(x[held], y[held]), "
    for anew, validation, told in [
        ("pass", "", True),
        ("pass", held, True),
        ("model = made()", "", False),
    ]:
        written = text.format(anew=anew, validation=validation)
        seen = watched(tmp_path / "train.py", written)[1]
        assert ("data_leak" in [finding.rule for finding in seen.findings]) == told


def test_a_rate_that_a_callback_of_the_users_lowers(tmp_path):
    text = """
    class Slower(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            self.model.optimizer.learning_rate = 0.01 * {by} ** epoch

    x = np.random.default_rng(0).normal(size=(200, 4))
    model = keras.Sequential([keras.Input((4,)), layers.Dense(8, "relu"), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(x, np.abs(x).sum(1), epochs=30, callbacks=[Slower()], verbose=0)
    """
    for by, told in [(0.1, True), (0.99, False)]:
        seen = watched(tmp_path / "train.py", text.format(by=by))[1]
        assert ("lr_too_low" in [finding.rule for finding in seen.findings]) == told


@pytest.mark.parametrize(
    "end, targets, loss",
    [
        ("1, 'sigmoid'", "(x[:, :1] > 0) * 1.0", "ops.mean(t * p + (1 - t) * (1 - p))"),
        ("3, 'softmax'", "np.eye(3)[rng.integers(0, 3, 200)]", "ops.mean(t * ops.log(p))"),
        (
            "3, 'softmax'",
            "rng.integers(0, 3, 200)",
            "ops.take_along_axis(p, ops.cast(t, 'int32')[:, None], 1)",
        ),
    ],
)
def test_a_loss_that_is_a_score(tmp_path, end, targets, loss):
    text = """
    from gyeol import ops
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 4))
    model = keras.Sequential([keras.Input((4,)), layers.Dense({end})])
    model.compile("adam", lambda t, p: {sign}{loss})
    model.fit(x, {targets}, epochs=1, verbose=0)
    """
    for sign, told in [("", True), ("-", False)]:
        written = text.format(end=end, targets=targets, loss=loss, sign=sign)
        seen = watched(tmp_path / "train.py", written)[1]
        assert ("wrong_loss" in [finding.rule for finding in seen.findings]) == told


def test_a_few_wrong_answers_of_a_network_that_is_too_sure(tmp_path):
    text = """
    rng = np.random.default_rng(0)
    x = rng.normal(size=(400, 4))
    y = 1.0 * (x[:, 0] > 0)
    y[300:] = np.where(rng.random(100) < {wrong}, 1 - y[300:], y[300:])
    model = keras.Sequential([keras.Input((4,)), layers.Dense(1, "sigmoid")])
    model.compile(keras.optimizers.Adam(0.5), "binary_crossentropy", metrics=["accuracy"])
    model.fit(x[:300], y[:300], epochs=60, validation_split=0.2, verbose=0)
    loss = model.evaluate(x[300:], y[300:], verbose=0)[0]
    """
    for wrong, told in [(0.12, False), (0.6, True)]:
        names, seen = watched(tmp_path / "train.py", text.format(wrong=wrong))
        assert names["loss"] > 1
        rules = [finding.rule for finding in seen.findings]
        assert ("preprocess_mismatch" in rules) == told


def test_batches_of_other_sizes_can_be_evaluated(tmp_path):
    text = """
    batches = [(np.ones((n, 3)), np.ones(n)) for n in (4, 2)]
    losses = model.fit(batches, verbose=0).history["loss"], model.evaluate(batches, verbose=0)
    """
    names, _ = watched(tmp_path / "train.py", text)
    assert names["losses"] == bare(tmp_path / "train.py", text)["losses"]


def test_rows_to_be_predicted_that_are_all_alike(tmp_path):
    text = """
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 4)).astype("float32")
    model = keras.Sequential([keras.Input((4,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(x, x.sum(1), epochs=20, verbose=0)
    model.predict(np.zeros(({rows}, 4)), verbose=0)
    """
    one_by_one = "for _ in range(30): model.predict(np.zeros((1, 4)), verbose=0)"
    for rows, more, rules in [
        (40, "", ["preprocess_mismatch"]),
        (1, "", []),
        (1, one_by_one, ["preprocess_mismatch"]),
    ]:
        written = text.format(rows=rows) + more
        seen = watched(tmp_path / "train.py", written)[1]
        assert [finding.rule for finding in seen.findings] == rules


@pytest.mark.parametrize(
    "loss, y, last, rule",
    [
        (
            "sparse_categorical_crossentropy",
            "1 + np.arange(200) % 3",
            "2, 'softmax'",
            "output_units",
        ),
        (
            "sparse_categorical_crossentropy",
            "1 + np.arange(200) % 2",
            "2, 'softmax'",
            "label_encoding",
        ),
        ("sparse_categorical_crossentropy", "np.sign(x[:, 0])", "2, 'softmax'", "label_encoding"),
        ("sparse_categorical_crossentropy", "np.arange(200)", "50, 'softmax'", "output_units"),
        ("binary_crossentropy", "1 + (x[:, 0] > 0)", "1, 'sigmoid'", "label_encoding"),
        ("binary_crossentropy", "np.arange(200) % 5", "1, 'sigmoid'", "label_encoding"),
        ("binary_crossentropy", "50 * x[:, 0] + 200", "1, 'sigmoid'", "wrong_loss"),
        ("binary_crossentropy", "50 * x[:, 0] + 200", "1", "wrong_loss"),
        ("binary_crossentropy", "x[:, 0] > 0", "1, 'softmax'", "softmax_one_unit"),
        ("categorical_crossentropy", "(x[:, 0] > 0).astype(int)", "1, 'sigmoid'", "wrong_loss"),
        ("categorical_crossentropy", "np.arange(200) % 5", "1, 'tanh'", "output_units"),
    ],
)
def test_a_script_that_keras_takes_runs_to_its_end(tmp_path, loss, y, last, rule):
    text = f"""
    x = np.random.default_rng(0).normal(size=(200, 3))
    y = {y}
    last = layers.Dense({last})
    model = keras.Sequential([keras.Input((3,)), last])
    model.compile("sgd", "{loss}")
    history = model.fit(x, y, epochs=2, verbose=0)
    model.evaluate(x, y, verbose=0)
    """
    names, seen = watched(tmp_path / "train.py", text)
    assert len(names["history"].history["loss"]) == 2
    assert seen.findings[0].rule == rule
    with pytest.raises(ValueError):  # `fit` by itself refuses it
        bare(tmp_path / "train.py", text)


LOOP = """
model = keras.Sequential([{layers}])
model.compile({how})
x = np.random.default_rng(0).normal(size=(200, 3))
y = {y}
for row in [*range(0, 200, 20)] * 40:
    model.train_on_batch(x[row : row + 20], y[row : row + 20])
"""
LOSS = '"binary_crossentropy"'


@pytest.mark.parametrize("start", ["keras.Input((3,)), ", ""])
def test_a_loop_is_asked_for_its_first_weights_and_how_far_they_came(tmp_path, start):
    bias = "bias_initializer=keras.initializers.Constant(-30)"
    two = start + "layers.Dense(8, 'relu', {bias}), layers.Dense(1, 'sigmoid')"
    for begun, rate, rule in [(bias, 0.01, "bad_init"), ("", 2e-5, "lr_too_low")]:
        text = LOOP.format(
            layers=two.format(bias=begun),
            how=f"keras.optimizers.SGD({rate}), {LOSS}",
            y="x[:, 0] > 0",
        )
        assert watched(tmp_path / "train.py", text)[1].findings[0].rule == rule


def test_a_loop_takes_the_steps_that_it_takes_unwatched(tmp_path):
    layers = "layers.Dense(8, 'relu'), layers.Dropout(0.5), layers.Dense(1, 'sigmoid')"
    text = LOOP.format(layers=layers, how=f"'adam', {LOSS}", y="x[:, 0] > 0")
    alone, seen = bare(tmp_path / "train.py", text), watched(tmp_path / "train.py", text)[0]
    for one, other in zip(alone["model"].get_weights(), seen["model"].get_weights()):
        np.testing.assert_array_equal(one, other)


def test_what_a_step_refuses_is_explained(tmp_path):
    text = LOOP.format(layers="layers.Dense(5, 'softmax')", how="'adam', 'mse'", y="x[:, 0] // 1")
    (tmp_path / "train.py").write_text(BEGIN + text)
    with watching(str(tmp_path / "train.py")) as seen, pytest.raises(ValueError):
        runpy.run_path(str(tmp_path / "train.py"))
    assert "wrong_loss" in [finding.rule for finding in seen.findings]


@pytest.mark.parametrize(
    "row, told",
    [
        ("before[:1]", True),
        ("scaled[200:203]", False),
        ("3 * scaled[200:201]", False),
        ("np.full((1, 3), 99.0)", False),
    ],
)
@pytest.mark.parametrize("is_loop", [False, True])
def test_a_row_to_predict_on_another_scale(tmp_path, row, told, is_loop):
    text = """
    before = np.random.default_rng(0).normal([50, 120, 3000], [9, 20, 700], (400, 3))
    scaled = (before - before[:200].mean(axis=0)) / before[:200].std(axis=0)
    y = scaled @ [1.0, 2.0, 3.0]
    """
    steps = """
    for row in [*range(0, 200, 20)] * 40:
        model.train_on_batch(scaled[row : row + 20], y[row : row + 20])
    """
    fit = "model.fit(scaled[:200], y[:200], epochs=40, verbose=0)"
    more = f"model.predict({row}, verbose=0)"
    text = "\n".join([dedent(text), dedent(steps) if is_loop else fit, more])
    seen = watched(tmp_path / "train.py", text)[1]
    assert ("preprocess_mismatch" in [finding.rule for finding in seen.findings]) == told


def test_what_follows_a_loop_is_compared_with_its_rows(tmp_path):
    how = {"layers": "layers.Dense(8, 'relu'), layers.Dense(1, 'sigmoid')", "y": "x[:, 0] > 0"}
    text = LOOP.format(how=f"'adam', {LOSS}", **how)
    for more, rule in [
        ("model.evaluate(100 * x, y, verbose=0)", "preprocess_mismatch"),
        ("model.evaluate(np.vstack([x[:50], -x]), np.r_[y[:50], ~y], verbose=0)", "data_leak"),
    ]:
        rules = [f.rule for f in watched(tmp_path / "train.py", text + more)[1].findings]
        assert rule in rules
    rules = [
        f.rule for f in watched(tmp_path / "train.py", text + "model.evaluate(x, y)")[1].findings
    ]
    assert not {"preprocess_mismatch", "data_leak"}.intersection(rules)


def test_a_loop_that_is_over_is_judged_on_its_page(tmp_path):
    layers = "layers.Dense(8, 'relu'), layers.Dense(1, 'sigmoid')"
    text = LOOP.format(layers=layers, how=f"'adam', {LOSS}", y="x[:, 0] > 0")
    seen = watched(tmp_path / "train.py", text)[1]
    (training,) = trainings_of(seen, text)
    assert not training.reason and len(training.x) == 200
