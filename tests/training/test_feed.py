"""The feed: what counts as data, in which order it comes, and what happens to the last batch."""

import threading

import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gyeol as keras
from gyeol import layers
from gyeol.training.feed import ArrayFeed, StreamFeed, as_array, as_arrays


def rows_of(feed, epoch=0):
    """The rows in the order in which the feed gives them, batch by batch."""
    batches = []
    for part in feed.epoch(epoch):
        x = np.asarray(part.data[0])[:, 0]
        order = np.asarray(part.order)
        for step in range(part.steps):
            begin = (part.first + step) * part.batch_size
            index = order[begin : min(begin + part.batch_size, part.rows)]
            batches.append(x[index].astype(int).tolist())
    return batches


def numbered(rows):
    return np.arange(rows, dtype=np.float32)[:, None]


@given(
    rows=st.integers(1, 50),
    batch_size=st.integers(1, 60),
    shuffle=st.sampled_from([False, True, "batch"]),
    fill=st.booleans(),
    seed=st.integers(0, 9),
)
def test_an_epoch_takes_every_row_once(rows, batch_size, shuffle, fill, seed):
    feed = ArrayFeed((numbered(rows), None, None), batch_size, shuffle, fill, seed)
    batches = rows_of(feed)
    taken = [row for batch in batches for row in batch]
    assert sorted(taken) == list(range(rows))
    assert len(batches) == feed.steps == -(-rows // batch_size)
    assert all(len(batch) == min(batch_size, rows) for batch in batches[:-1])
    if not shuffle:
        assert taken == list(range(rows))


def test_each_epoch_has_its_own_order_and_each_seed_too():
    def orders(seed):
        feed = ArrayFeed((numbered(40), None, None), 8, True, False, seed)
        return [rows_of(feed, epoch) for epoch in range(3)]

    assert orders(1) == orders(1)
    assert orders(1) != orders(2)
    assert len({str(order) for order in orders(1)}) == 3
    feed = ArrayFeed((numbered(40), None, None), 8, True, False, 1)
    # Epoch 2's order does not depend on epochs 0 and 1 having been taken.
    assert rows_of(feed, 2) == orders(1)[2]


@given(steps=st.integers(1, 12), fill=st.booleans())
def test_epochs_of_another_length_go_on_where_the_last_one_stopped(steps, fill):
    feed = ArrayFeed((numbered(10), None, None), 4, False, fill, 0, steps)
    batches = [batch for epoch in range(4) for batch in rows_of(feed, epoch)]
    passes = [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert batches == [passes[i % 3] for i in range(4 * steps)]


def test_arrays_keep_their_dtype_on_the_device():
    data = (np.zeros((4, 2), np.uint8), np.zeros(4, np.int16), None)
    feed = ArrayFeed(data, 2)
    assert [leaf.dtype for leaf in jax.tree.leaves(feed.data)] == [np.uint8, np.int16]
    assert as_array(np.zeros(3), "x").dtype == np.float32


@pytest.mark.parametrize(
    ("given_", "shape"),
    [
        ([[1, 2], [3, 4]], (2, 2)),
        ([1.0, 2.0, 3.0], (3,)),
        (np.zeros((2, 2), object), (2, 2)),
        (range(4), (4,)),
    ],
)
def test_lists_and_objects_of_numbers_are_arrays(given_, shape):
    assert as_array(given_, "x").shape == shape


def test_a_list_of_arrays_is_several_inputs():
    assert len(as_arrays([np.zeros((2, 2)), np.zeros((2, 3))], "x")) == 2


def test_a_data_frame_like_object_is_an_array():
    class Frame:
        def to_numpy(self):
            return np.ones((3, 2))

    assert as_array(Frame(), "x").shape == (3, 2)


# Streams ------------------------------------------------------------------------------------


def batches_of(rows, size):
    x = numbered(rows)
    return [(x[i : i + size], x[i : i + size, 0]) for i in range(0, rows, size)]


@settings(max_examples=30)
@given(rows=st.integers(1, 300), size=st.integers(1, 40))
def test_a_stream_gives_its_batches_in_order(rows, size):
    batches = batches_of(rows, size)
    feed = StreamFeed(batches)
    expected = [batch[0][:, 0].astype(int).tolist() for batch in batches]
    assert rows_of(feed) == expected
    assert rows_of(feed) == expected, "a list can be walked over again"
    assert feed.steps == len(batches)
    feed.close()


@given(steps=st.integers(1, 90), epochs=st.integers(1, 3))
def test_a_generator_is_drawn_from_no_further_than_needed(steps, epochs):
    drawn = []

    def generator():
        number = 0
        while True:
            drawn.append(number)
            yield np.full((2, 1), number, np.float32), np.zeros(2)
            number += 1

    feed = StreamFeed(generator(), steps, epochs=epochs)
    taken = [batch[0] for epoch in range(epochs) for batch in rows_of(feed, epoch)]
    assert taken == list(range(steps * epochs))
    feed.close()
    assert len(drawn) == steps * epochs


def test_peeking_keeps_the_batch():
    feed = StreamFeed(iter(batches_of(10, 3)))
    assert feed.peek()[0].shape == (3, 1)
    assert len(rows_of(feed)) == 4
    feed.close()


def test_batches_that_cannot_be_stacked_are_an_error():
    feed = StreamFeed([(numbered(4), numbered(3))])
    with pytest.raises(ValueError, match="broadcast"):
        rows_of(feed)


def test_the_thread_ends_with_the_feed():
    def endless():
        while True:
            yield numbered(4), numbered(4)

    before = threading.active_count()
    feed = StreamFeed(endless())
    next(feed.epoch(0))
    feed.close()
    for thread in threading.enumerate():
        if thread is not threading.main_thread() and thread.name.startswith("Thread-"):
            thread.join(2)
    assert threading.active_count() <= before


def model_of_one_weight():
    model = keras.Sequential(
        [layers.Input((1,)), layers.Dense(1, use_bias=False, kernel_initializer="ones")]
    )
    model.compile("sgd", "mse")
    return model


@pytest.mark.parametrize("kind", ["list", "generator", "sequence"])
def test_fit_on_batches_equals_fit_on_arrays(kind):
    rng = np.random.default_rng(0)
    x, y = rng.random((50, 1), dtype=np.float32), rng.random((50, 1), dtype=np.float32)
    pairs = [(x[i : i + 8], y[i : i + 8]) for i in range(0, 50, 8)]

    class Sequence:
        def __len__(self):
            return len(pairs)

        def __getitem__(self, index):
            return pairs[index]

    data = {
        "list": lambda: iter(pairs),
        "generator": lambda: (p for p in pairs),
        "sequence": Sequence,
    }
    arrays, stream = model_of_one_weight(), model_of_one_weight()
    arrays.fit(x, y, batch_size=8, shuffle=False, verbose=0)
    stream.fit(data[kind](), verbose=0)
    np.testing.assert_allclose(arrays.get_weights()[0], stream.get_weights()[0], rtol=1e-6)


def test_data_that_runs_out_is_said():
    model = model_of_one_weight()
    with pytest.warns(UserWarning, match="ran out after 2 steps"):
        history = model.fit(iter(batches_of(8, 4)), steps_per_epoch=5, epochs=3, verbose=0)
    assert history.epoch == [0]


def test_predict_and_evaluate_on_batches():
    model = model_of_one_weight()
    x = numbered(10)
    np.testing.assert_allclose(model.predict(iter(batches_of(10, 4)), verbose=0), x)
    assert model.predict(iter(batches_of(10, 4)), steps=2, verbose=0).shape == (8, 1)
    assert model.evaluate(iter(batches_of(10, 4)), verbose=0) == pytest.approx(0, abs=1e-6)


def test_validation_on_batches_every_epoch():
    model = model_of_one_weight()
    history = model.fit(
        numbered(8), numbered(8), validation_data=batches_of(8, 4), epochs=3, verbose=0
    )
    assert len(history.history["val_loss"]) == 3


def test_validation_on_an_endless_generator():
    def endless():
        while True:
            yield numbered(4), numbered(4)

    model = model_of_one_weight()
    options = {"validation_data": endless(), "validation_steps": 2, "epochs": 3, "verbose": 0}
    history = model.fit(numbered(8), numbered(8), **options)
    assert history.history["val_loss"] == pytest.approx([0, 0, 0], abs=1e-6)


def test_validation_on_a_generator_that_ends_says_what_to_give():
    model = model_of_one_weight()
    options = {"validation_data": iter(batches_of(8, 4)), "epochs": 2, "verbose": 0}
    with pytest.raises(ValueError, match="validation_steps"):
        model.fit(numbered(8), numbered(8), **options)


def test_batches_that_can_be_walked_again_are():
    model = model_of_one_weight()
    model.fit(batches_of(12, 4), steps_per_epoch=5, epochs=2, verbose=0)
    assert int(model.optimizer.iterations) == 10


def test_a_sequence_hears_the_end_of_its_pass():
    class Sequence(list):
        ends = 0

        def on_epoch_end(self):
            self.ends += 1

    data = Sequence(batches_of(12, 4))
    model_of_one_weight().fit(iter_only(data), epochs=3, verbose=0)
    assert data.ends == 3


class iter_only:
    """A sequence that is no list, as `PyDataset` is none."""

    def __init__(self, items):
        self.items = items

    def __len__(self):
        return len(self.items)

    def __getitem__(self, index):
        return self.items[index]

    def on_epoch_end(self):
        self.items.on_epoch_end()
