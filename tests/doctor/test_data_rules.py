"""Rules for the columns of a table, for classes and for batches; twin rows are found."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_digits

import gyeol as keras
from gyeol import doctor, layers
from gyeol.doctor.copies import share_of_copies, share_of_moved
from gyeol.doctor.facts import Facts, collect, overlap
from gyeol.layers import Dense

RNG = np.random.default_rng(0)
ROWS = 300
TABLE = RNG.normal(size=(ROWS, 5))
COUNTS = RNG.poisson(3, (ROWS, 5)).astype("float64")
ONE_HOT = np.eye(5)[RNG.integers(0, 5, ROWS)]
PRESSURE = RNG.normal(70, 12, ROWS).round().clip(40, 110)
WORDS = RNG.random((ROWS, 20)) * (RNG.random((ROWS, 20)) < 0.15)
AMOUNTS = RNG.exponential(200, (ROWS, 5)).round(2) * (RNG.random((ROWS, 5)) < 0.7)


def facts_of(x, before=(), y=None, loss="mse", units=1, last=None, metrics=None):
    model = keras.Sequential([keras.Input(x.shape[1:]), *before, Dense(units, last)])
    model.compile("adam", loss, metrics=metrics)
    y = np.zeros((len(x), units)) if y is None else y
    doctor.examine(model, x[:32], y[:32])  # makes it ready
    return collect(model, x, y)


def with_column(column, n=2):
    return np.insert(TABLE, n, column, axis=1)


def missing(column, share=0.1, mark=0.0):
    return np.where(RNG.random(ROWS) < share, mark, column)


def spoken(name, facts):
    finding = doctor.RULES[name](facts)
    assert finding is None or all(finding.as_dict().values())
    return finding


def test_columns_with_one_value_are_named():
    finding = spoken("constant_column", facts_of(with_column(7.5)))
    assert finding.severity == "note" and "2: 7.5" in finding.evidence
    assert finding.remedy == "x = np.delete(x, [2], axis=1)"


@pytest.mark.parametrize(
    "x", [TABLE, ONE_HOT, np.pad(RNG.integers(0, 17, (ROWS, 6, 6)), [(0, 0), *[(1,) * 2] * 2])]
)
def test_no_column_has_one_value(x):
    # A picture's border tells nothing either, and is no fault.
    assert spoken("constant_column", facts_of(x.reshape(ROWS, -1))) is None


def test_a_value_outside_of_the_sample_counts():
    x = np.zeros((20_001, 2))
    x[:, 0], x[7, 1] = RNG.normal(size=len(x)), 1
    assert spoken("constant_column", facts_of(x)) is None
    x[7, 1] = 0
    assert spoken("constant_column", facts_of(x)) is not None


def test_padding_of_texts_is_no_column():
    tokens = np.pad(RNG.integers(1, 9, (ROWS, 5)), [(0, 0), (0, 3)])
    facts = facts_of(tokens, [layers.Embedding(9, 4), layers.GlobalAveragePooling1D()])
    assert spoken("constant_column", facts) is spoken("duplicate_column", facts) is None


@pytest.mark.parametrize("factor", [1, -1, 2.54, 1e-3])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_columns_in_two_units_are_found(factor, dtype):
    x = with_column((100 * factor * TABLE[:, 1]).astype(dtype), 4).astype(dtype)
    finding = spoken("duplicate_column", facts_of(x))
    assert finding.severity == "note" and "1 = 4" in finding.evidence
    assert finding.remedy == "x = np.delete(x, [4], axis=1)"


@pytest.mark.parametrize(
    "x",
    [
        TABLE,
        ONE_HOT[:, :4],
        with_column(TABLE[:, 0] + 1e-3 * RNG.normal(size=ROWS)),
        with_column(TABLE[:, 0] + 1),
        with_column(0.0),
        np.eye(ROWS, 4)[:, [0, 0, 1, 2]],  # once 1 in all its rows
    ],
)
def test_columns_that_are_no_multiples(x):
    assert spoken("duplicate_column", facts_of(x)) is None


@pytest.mark.parametrize(
    "x",
    [
        with_column(missing(PRESSURE)),
        with_column(missing(PRESSURE, 0.3, -999.0)),
        with_column((missing(PRESSURE) - 60) / 30),
    ],
)
def test_a_mark_for_missing_is_seen(x):
    for before in ([], [layers.Normalization()]):
        finding = spoken("missing_as_zero", facts_of(x, before))
        assert finding.severity == "note" and finding.evidence.startswith("Columns 2 are ")


def test_its_remedy_fills_the_gaps_and_says_where_they_were():
    x = np.column_stack(
        [TABLE, missing(PRESSURE), missing(RNG.lognormal(5, 0.6, ROWS).round(), 0.4)]
    )
    finding = spoken("missing_as_zero", facts_of(x))
    values = {"np": np, "x": x.copy()}
    exec(finding.remedy, values)
    filled = values["x"]
    np.testing.assert_array_equal(filled[:, 7:], x[:, 5:] == 0)
    np.testing.assert_array_equal(filled[:, :7][x != 0], x[x != 0])
    assert (filled[x[:, 5] == 0, 5] == np.median(x[x[:, 5] > 0, 5])).all()
    assert spoken("missing_as_zero", facts_of(filled)) is None


@pytest.mark.parametrize(
    "x",
    [
        TABLE,
        COUNTS,
        ONE_HOT,
        WORDS,
        AMOUNTS,
        np.maximum(TABLE, 0),
        RNG.integers(0, 17, (ROWS, 64)) * (RNG.random((ROWS, 64)) < 0.6),  # pixels
        with_column(RNG.choice([0, 50, 75, 100], ROWS)),  # levels
        with_column(PRESSURE),
        with_column(RNG.integers(0, 24, ROWS)),
        np.column_stack([TABLE, RNG.integers(0, 2, ROWS), COUNTS, AMOUNTS]),
    ],
)
def test_other_zeros_are_left_alone(x):
    assert spoken("missing_as_zero", facts_of(np.asarray(x, "float64"))) is None


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 2**32),
    st.sampled_from(["normal", "uniform", "gamma", "lognormal", "whole", "clipped"]),
)
def test_columns_without_marks_are_left_alone(seed, form):
    rng = np.random.default_rng(seed)
    x = {
        "normal": lambda: rng.normal(rng.normal() * 5, rng.gamma(2), (200, 4)),
        "uniform": lambda: rng.uniform(0, 1, (200, 4)),
        "gamma": lambda: rng.gamma(rng.gamma(2), 3, (200, 4)).round(1),
        "lognormal": lambda: rng.lognormal(0, 1, (200, 4)),
        "whole": lambda: rng.normal(40, 12, (200, 4)).round(),
        "clipped": lambda: rng.normal(0.5, 1, (200, 4)).clip(0),
    }[form]()
    assert spoken("missing_as_zero", facts_of(x)) is None


RARE = (np.arange(ROWS) % 20 == 0).astype("float32")


@pytest.mark.parametrize(
    "y, units, loss, metrics, told",
    [
        (RARE, 1, "binary_crossentropy", ["accuracy"], True),
        (np.eye(2)[RARE.astype(int)], 2, "categorical_crossentropy", ["accuracy"], True),
        (
            np.arange(ROWS) % 5 + (np.arange(ROWS) == 4),
            6,
            "sparse_categorical_crossentropy",
            ["acc"],
            True,
        ),
        (RARE, 1, "binary_crossentropy", ["accuracy", "auc"], False),
        (RARE, 1, "binary_crossentropy", None, False),
        (np.arange(ROWS) % 3 == 0, 1, "binary_crossentropy", ["accuracy"], False),
        (np.arange(ROWS) % 5, 5, "sparse_categorical_crossentropy", ["accuracy"], False),
        (TABLE[:, :1], 1, "mse", ["accuracy"], False),
    ],
)
def test_accuracy_alone_hides_a_rare_class(y, units, loss, metrics, told):
    last = None if loss == "mse" else "sigmoid" if units == 1 else "softmax"
    facts = facts_of(TABLE, (), np.asarray(y), loss, units, last, metrics)
    finding = spoken("class_imbalance", facts)
    assert (finding is not None) == told
    assert spoken("class_imbalance", replace(facts, weighted=True)) is None


@pytest.mark.parametrize(
    "rows, batch_size, epochs, told",
    [
        (5000, 1, 10, "5000 steps"),
        (2000, 1024, 20, "2 steps"),
        (150, 1, 10, None),
        (150, 32, 10, None),
        (2000, 2000, 500, None),  # whole batches, and many
        (60000, 128, 5, None),
        (0, 0, 0, None),
    ],
)
def test_batches_far_from_the_usual(rows, batch_size, epochs, told):
    finding = spoken(
        "unusual_batch_size", Facts((), (), rows=rows, batch_size=batch_size, epochs=epochs)
    )
    assert (finding is None) == (told is None)
    assert finding is None or (finding.severity == "note" and told in finding.evidence)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from(["float32", "float64", "uint8", "int64", "bool"]))
def test_twin_rows_are_found(seed, dtype):
    rng = np.random.default_rng(seed)
    rows, others, width = rng.integers(1, [80, 60, 12])
    levels = rng.integers(2, 200)
    x = (rng.integers(0, levels, (rows, width)) / (3 if dtype[0] == "f" else 1)).astype(dtype)
    held = (rng.integers(0, levels, (others, width)) / (3 if dtype[0] == "f" else 1)).astype(dtype)
    held = np.concatenate([held, x[rng.integers(0, rows, rng.integers(0, 9))]])
    known = {row.astype("float32").tobytes() for row in x}
    count = sum(row.astype("float32").tobytes() in known for row in held)
    found = overlap(x, held)
    assert (found.count, found.looked_for) == (count, len(held))
    if count and width <= 8:
        assert found.within == pytest.approx(1 - len(known) / rows)


def test_twins_are_rows_that_are_the_same_in_every_input():
    one, other = TABLE[:, :2], TABLE[:, 2:]
    assert overlap([one, other], [one[:50], other[:50]]).count == 50
    assert overlap([one, other], [one[:50], other[50:100]]).count == 0
    assert overlap(-0.0 * one, 0.0 * one).count == ROWS


def test_wide_data_is_looked_at_in_few_rows():
    facts = facts_of(np.zeros((300, 100, 100, 3), "uint8"), [layers.Flatten()])
    assert facts.inputs[0].rows.nbytes < 8 << 20


def test_short_rows_of_codes_come_again_by_nature():
    rng = np.random.default_rng(0)
    forms = rng.integers(1, 5, (300, 12))
    rows = np.where(rng.random((900, 1)) < 0.6, forms[rng.integers(0, 300, 900)], 0)
    rows = np.where(rows == 0, rng.integers(1, 5, rows.shape), rows)
    for values, speaks in ((rows, False), (rows + 0.5, True)):
        x = values.astype("float32")
        facts = facts_of(x[:800])
        facts = replace(facts, overlap=overlap(x[:800], x[800:]))
        share = facts.overlap.count / facts.overlap.looked_for
        assert 0.3 < share < min(0.8, 2 * facts.overlap.within)
        assert (spoken("data_leak", facts) is not None) == speaks


def test_a_row_meets_all_others_and_the_others_only_those_before():
    # Counts that go with each other: more rows meet than if the columns were each by itself.
    told = 0
    for seed in range(30):
        rows = np.random.default_rng(seed).poisson(9, (1000, 4)).astype("float32")
        rows[:, 3] = rows[:, 2] // 3
        facts = replace(facts_of(rows[:800]), overlap=overlap(rows[:800], rows[800:]))
        told += spoken("data_leak", facts) is not None
    assert not told
    facts = replace(facts, overlap=overlap(rows[:800], np.vstack([rows[800:], rows[:100]])))
    assert spoken("data_leak", facts) is not None


@pytest.mark.parametrize("low, high", [(1, 2), (-1, 1)])
@pytest.mark.parametrize("loss", ["mse", "binary_crossentropy"])
def test_two_classes_that_are_not_0_and_1(low, high, loss):
    y = np.where(TABLE[:, 0] > 0, high, low)
    for last, labels, told in (
        ("sigmoid", y, True),
        ("sigmoid", y == high, False),
        ("tanh", y, False),
    ):
        if (loss, last) == ("binary_crossentropy", "tanh"):
            continue
        model = keras.Sequential([keras.Input((5,)), Dense(1, last)])
        model.compile("adam", loss)
        told_of = [f for f in doctor.examine(model, TABLE, labels) if f.rule == "label_encoding"]
        assert bool(told_of) == told
        if told:
            assert told_of[0].remedy.startswith(f"(y == {high}).astype('float32')")


@pytest.mark.parametrize("is_flat", [False, True])
def test_pictures_scaled_in_another_way_and_darker_ones(is_flat):
    pictures = RNG.gamma(0.3, 80, (120, 8, 8)).clip(0, 255).round()
    pictures = pictures.reshape((120, 64) if is_flat else (120, 8, 8))
    standard = (pictures - pictures.mean()) / pictures.std()
    noise = RNG.normal(0, 0.3, pictures.shape)
    for one, other, told in [
        (standard, pictures / 255, True),
        (pictures / 255, standard, True),
        (standard, standard, False),
        (pictures / 255, 1 - pictures / 255, True),
        (pictures / 255, 0.6 * pictures / 255, False),
        (pictures / 255, pictures / 255 + noise, False),
    ]:
        model = keras.Sequential([layers.Flatten(), Dense(8, "relu"), Dense(1)])
        model.compile("adam", "mse")
        model.fit(one[:60], np.arange(60) / 60, verbose=0)
        model.evaluate(other[60:], np.zeros(60), verbose=0)
        rules = [f.rule for f in model.history.findings]
        assert ("preprocess_mismatch" in rules) == told


@pytest.mark.parametrize(
    "one, other, told",
    [((-1, 1), (0, 1), True), ((0, 1), (-0.5, 0.5), True), ((0, 1), (0, 1), False)],
)
def test_pictures_brought_between_other_limits(one, other, told):
    pictures = RNG.integers(0, 256, (60, 8, 8, 1)) / 255
    pictures[:, 0, 0], pictures[:, 0, 1] = 0, 1
    x, held = (pictures * (high - low) + low for low, high in (one, other))
    model = keras.Sequential([keras.Input((8, 8, 1)), layers.Flatten(), Dense(1)])
    model.compile("adam", "mse")
    found = doctor.examine(model, x, np.zeros(60), (held[:30], np.zeros(30)))
    assert ("preprocess_mismatch" in [f.rule for f in found]) == told


def test_tables_whose_columns_lie_elsewhere():
    table = RNG.normal(size=(60, 4)) * [0.8, 0.4, 1.8, 0.8] + [5.8, 3, 3.8, 1.2]
    scaled = (table - table.mean(0)) / table.std(0)
    tenth = scaled / 6 + 0.1
    for one, other, told in [
        (scaled[:30], table[30:], True),
        (scaled[:30], tenth[30:], True),
        (scaled[:30], scaled[30:] + 0.5, False),
        (scaled[:30], scaled[30:], False),
    ]:
        model = keras.Sequential([keras.Input((4,)), Dense(1)])
        model.compile("adam", "mse")
        found = doctor.examine(model, one, np.zeros(30), (other, np.zeros(30)))
        assert ("preprocess_mismatch" in [f.rule for f in found]) == told


def test_series_that_are_scaled_by_their_own_rows():
    level = np.sin(np.arange(400) / 9) * 30 + np.arange(400) / 4 + RNG.normal(size=400)

    def windows(series):
        return np.stack([series[n : n + 10] for n in range(len(series) - 9)])[..., None]

    def scaled(series, by):
        return (series - by.min()) / (by.max() - by.min())

    first, last = level[:300], level[300:]
    pictures = RNG.integers(0, 4, (80, 8, 8)) / 3
    for one, other, told in [
        (windows(scaled(first, first)), windows(scaled(last, last)), True),
        (windows(scaled(first, first)), windows(scaled(last, first)), False),
        (pictures[:40], pictures[40:], False),
    ]:
        model = keras.Sequential([keras.Input(one.shape[1:]), layers.Flatten(), Dense(1)])
        model.compile("adam", "mse")
        found = doctor.examine(model, one, np.zeros(len(one)), (other, np.zeros(len(other))))
        assert ("preprocess_mismatch" in [f.rule for f in found]) == told


def test_pixels_that_were_divided_as_whole_numbers():
    pixels = RNG.integers(0, 257, (60, 8, 8, 1)).clip(0, 255)
    for x, severity in [
        (pixels // 256, "warning"),
        (pixels // 255, "note"),
        (pixels / 255, None),
        (pixels > 128, None),
    ]:
        model = keras.Sequential([keras.Input((8, 8, 1)), layers.Flatten(), Dense(1)])
        model.compile("adam", "mse")
        found = doctor.examine(model, x.astype("float32"), np.zeros(60))
        assert [f.severity for f in found if f.rule == "constant_column"] == [severity] * bool(
            severity
        )


def test_rows_with_a_little_changed_are_copies_too():
    pictures = load_digits().images / 16
    first = pictures[:400]
    noisy = np.concatenate([first, first + RNG.normal(0, 0.02, first.shape)])
    noisy = noisy[RNG.permutation(800)]
    turns = np.sin(np.arange(60)[None] / 9 + RNG.uniform(0, 7, 800)[:, None])
    for rows, told in [(noisy, True), (pictures[:800], False), (turns, False)]:
        assert (share_of_copies(rows[:600], rows[600:]) > 0.5) == told


def test_pictures_moved_or_mirrored_are_copies_too():
    pictures = RNG.random((400, 12, 12)) * (RNG.random((400, 12, 12)) < 0.5)
    moved = [np.roll(pictures, by, axis) for by, axis in [(1, 1), (-2, 2)]]
    for more, told in [(moved, True), ([pictures[:, :, ::-1]], True), ([], False)]:
        rows = np.concatenate([pictures, *more])
        rows = rows[RNG.permutation(len(rows))]
        for one in (rows, rows.reshape(len(rows), -1)):
            assert (share_of_moved(one[100:], one[:100]) > 0.5) == told


def test_what_pictures_made_flat_lose_as_whole_numbers():
    pixels = np.where(RNG.random((60, 400)) < 0.01, 255, RNG.integers(0, 200, (60, 400)))
    pixels *= RNG.random((60, 400)) < 0.5
    for x, told in [(pixels // 255, ["note"]), (pixels / 255, [])]:
        finding = spoken("constant_column", facts_of(x.astype("float32")))
        assert [f.severity for f in [finding] if f] == told


def test_windows_of_a_series_that_grows_are_of_one_kind():
    steps = np.arange(600)
    series = 0.02 * steps + np.sin(steps / 9) + 0.05 * RNG.normal(size=600)
    windows = np.lib.stride_tricks.sliding_window_view(series, 10).astype("float32")
    model = keras.Sequential([keras.Input((10,)), Dense(1)])
    model.compile("adam", "mse")
    held = (windows[500:], series[509:])
    found = doctor.examine(model, windows[:300], series[9:309], held)
    assert "preprocess_mismatch" not in [finding.rule for finding in found]


def test_accuracy_of_a_regression_that_a_callback_goes_by(recwarn):
    for monitor, severity in [("val_accuracy", "warning"), ("val_loss", "note")]:
        model = keras.Sequential([keras.Input((5,)), Dense(1)])
        model.compile("sgd", "mse", metrics=["accuracy"])
        stop = keras.callbacks.EarlyStopping(monitor=monitor, patience=2)
        y = TABLE.sum(axis=1)
        model.fit(TABLE, y, epochs=3, validation_split=0.2, callbacks=[stop], verbose=0)
        (told,) = [f for f in model.history.findings if f.rule == "misleading_metric"]
        assert told.severity == severity


def test_a_callback_that_ends_a_training_at_its_worst_epoch():
    for mode, told in [("max", True), ("min", False)]:
        model = keras.Sequential([keras.Input((5,)), Dense(1)])
        model.compile("sgd", "mse")
        stop = keras.callbacks.EarlyStopping(monitor="val_loss", mode=mode, patience=1)
        y = TABLE.sum(axis=1)
        options = {"epochs": 40, "validation_split": 0.2, "callbacks": [stop], "verbose": 0}
        findings = {f.rule: f for f in model.fit(TABLE, y, **options).findings}
        assert ("best_weights_lost" in findings) >= told
        named = findings.get("too_few_updates")
        assert (named is not None and "mode='max'" in named.cause) == told


def test_a_callback_that_takes_the_worst_epoch_for_the_best():
    for monitor, mode, told in [
        ("val_loss", "max", True),
        ("val_accuracy", "min", True),
        ("val_loss", "min", False),
        ("val_accuracy", "auto", False),
    ]:
        model = keras.Sequential([keras.Input((5,)), Dense(1, "sigmoid")])
        model.compile("sgd", "binary_crossentropy", metrics=["accuracy"])
        stop = keras.callbacks.EarlyStopping(
            monitor=monitor, mode=mode, patience=9, restore_best_weights=True
        )
        y = (TABLE[:, 0] > 0).astype("float32")
        model.fit(TABLE, y, epochs=2, validation_split=0.2, callbacks=[stop], verbose=0)
        found = [f.severity for f in model.history.findings if f.rule == "best_weights_lost"]
        assert found == ["warning"] * told
