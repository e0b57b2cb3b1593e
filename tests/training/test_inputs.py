"""What `fit` takes besides arrays: data frames, tensors of others, `PyDataset`."""

import threading
import time

import numpy as np
import pandas as pd
import polars as pl
import pytest

import gyeol as keras
from gyeol import layers
from gyeol.training.feed import StreamFeed, as_array, as_arrays
from gyeol.utils import PyDataset


class Numbered(PyDataset):
    """Batch i holds the number i; it notes what is asked and told."""

    def __init__(self, length, **kwargs):
        super().__init__(**kwargs)
        self.length = length
        self.events = []

    def __len__(self):
        return self.length

    def __getitem__(self, index):
        return np.full((2, 1), index, "float32"), np.full((2, 1), index, "float32")

    def on_epoch_begin(self):
        self.events.append("begin")

    def on_epoch_end(self):
        self.events.append("end")


def taken(feed, epoch=0):
    batches = []
    for part in feed.epoch(epoch):
        rows = np.asarray(part.data[0])[: part.steps * part.batch_size : part.batch_size, 0]
        batches += rows.astype(int).tolist()
    return batches


def model():
    model = keras.Sequential(
        [layers.Input((1,)), layers.Dense(1, use_bias=False, kernel_initializer="ones")]
    )
    model.compile("sgd", "mse")
    return model


@pytest.mark.parametrize("workers", [1, 3])
def test_a_py_dataset_gives_its_batches_in_order_with_any_workers(workers):
    class Slow(Numbered):
        def __getitem__(self, index):
            time.sleep(0.002 * (index % 3))
            return super().__getitem__(index)

    feed = StreamFeed(Slow(20, workers=workers, max_queue_size=4))
    assert taken(feed, 0) == taken(feed, 1) == list(range(20))
    assert feed.batches.events == ["begin", "end"] * 2
    assert feed.steps == 20


def test_several_workers_are_at_work_at_the_same_time():
    meeting = threading.Barrier(3, timeout=20)

    class Meeting(Numbered):
        def __getitem__(self, index):
            meeting.wait()
            return super().__getitem__(index)

    feed = StreamFeed(Meeting(6, workers=3, use_multiprocessing=True))
    assert taken(feed) == list(range(6))


def test_shuffled_batches_have_an_order_for_each_epoch():
    def orders(seed):
        feed = StreamFeed(Numbered(12), shuffle=True, seed=seed)
        return [taken(feed, epoch) for epoch in range(3)]

    assert orders(1) == orders(1) != orders(2)
    assert all(sorted(order) == list(range(12)) for order in orders(1))
    assert orders(1)[0] != orders(1)[1]
    # Epoch 2's order does not depend on the epochs before it.
    assert taken(StreamFeed(Numbered(12), shuffle=True, seed=1), 2) == orders(1)[2]


def test_epochs_of_another_length_go_on_through_the_batches():
    feed = StreamFeed(Numbered(5), steps=3, epochs=3)
    assert [taken(feed, epoch) for epoch in range(3)] == [[0, 1, 2], [3, 4, 0], [1, 2, 3]]
    assert feed.batches.events == ["begin", "end"] * 3


def test_an_endless_py_dataset_needs_steps():
    class Endless(Numbered):
        num_batches = None

    assert taken(StreamFeed(Endless(0, workers=2), steps=4)) == [0, 1, 2, 3]
    history = model().fit(Endless(0), steps_per_epoch=2, epochs=2, verbose=0)
    assert len(history.history["loss"]) == 2
    with pytest.raises(ValueError, match="Endless has no end"):
        model().fit(Endless(0), verbose=0)


@pytest.mark.parametrize("workers", [1, 3])
def test_an_error_in_a_batch_reaches_the_caller_and_names_it(workers):
    class Broken(Numbered):
        def __getitem__(self, index):
            if index == 2:
                raise OSError("the disk is gone")
            return super().__getitem__(index)

    with pytest.raises(OSError, match="the disk is gone") as caught:
        model().fit(Broken(5, workers=workers), shuffle=False, verbose=0)
    assert caught.value.__notes__[0] == "This was batch 2 of Broken."


def test_a_subclass_that_forgets_super_works():
    class Forgetful(PyDataset):
        def __init__(self):
            pass

        def __len__(self):
            return 3

        def __getitem__(self, index):
            return np.ones((2, 1)), np.ones((2, 1))

    one = model()
    one.fit(Forgetful(), validation_data=Forgetful(), epochs=2, verbose=0)
    assert one.evaluate(Forgetful(), verbose=0) == pytest.approx(0, abs=1e-6)
    assert one.predict(Forgetful(), verbose=0).shape == (6, 1)
    with pytest.raises(NotImplementedError, match="__getitem__"):
        PyDataset()[0]
    with pytest.raises(NotImplementedError, match="num_batches"):
        list(PyDataset())


# Frames -------------------------------------------------------------------------------------

COLUMNS = {"age": [31, 45], "height": [1.7, 1.8], "member": [True, False]}


@pytest.mark.parametrize("frame", [pd.DataFrame(COLUMNS), pl.DataFrame(COLUMNS)])
def test_a_frame_is_its_columns_side_by_side(frame):
    array = as_array(frame, "x")
    assert array.dtype == np.float32
    np.testing.assert_allclose(array, [[31, 1.7, 1], [45, 1.8, 0]])
    whole = as_array(frame[["age"]], "x")
    assert whole.dtype.kind == "i"
    assert whole.shape == (2, 1)
    assert as_array(frame["age"], "y").tolist() == [31, 45]
    named = as_arrays(dict(zip(COLUMNS, (frame[name] for name in COLUMNS))), "x")
    assert list(named) == list(COLUMNS)


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"age": [1, 2], "town": ["Seoul", "Busan"]}),
        pd.DataFrame({"age": [1, 2], "town": pd.Categorical(["Seoul", "Busan"])}),
        pl.DataFrame({"age": [1, 2], "town": ["Seoul", "Busan"]}),
    ],
)
def test_a_column_of_text_is_named(frame):
    with pytest.raises(ValueError, match=r"x \(column 'town'\) holds text.*'Seoul'.*Encode"):
        model().fit(frame, np.ones(2), verbose=0)
    with pytest.raises(ValueError, match="column 'town'"):
        as_array(frame["town"], "y")


@pytest.mark.parametrize(
    "column",
    [
        pd.Series([1, None], dtype="Int64", name="age"),
        pl.Series("age", [1, None]),
        pd.Series([1.0, None], dtype=object, name="age"),
    ],
)
def test_a_missing_entry_is_nan(column):
    np.testing.assert_array_equal(as_array(column, "x"), [1, np.nan])


def test_a_model_with_named_inputs_takes_columns():
    one, two = layers.Input((1,), name="age"), layers.Input((1,), name="height")
    both = keras.Model([one, two], layers.Dense(1)(layers.Concatenate()([one, two])))
    both.compile("sgd", "mse")
    frame = pd.DataFrame(COLUMNS)
    both.fit(dict(frame[["height", "age"]]), frame["height"], verbose=0)
    assert both.predict(dict(frame), verbose=0).shape == (2, 1)


# Others' tensors, by what they can do --------------------------------------------------------


class Torch:
    """What torch's tensors answer."""

    def __init__(self, array):
        self.array = np.asarray(array)
        self.shape = self.array.shape

    def detach(self):
        return self

    def cpu(self):
        return self

    def numpy(self):
        return self.array


class Loader:
    """What torch's DataLoader is: a length, and lists of tensors."""

    def __init__(self, make):
        self.make = make

    def __len__(self):
        return 3

    def __iter__(self):
        return (self.make(i) for i in range(3))


class TfDataset:
    """What tf.data's data sets answer."""

    element_spec = None

    def as_numpy_iterator(self):
        return iter([(np.ones((2, 1), "float32"), np.ones((2, 1), "float32"))] * 3)

    def __iter__(self):
        raise AssertionError("its tensors are not wanted")


def test_loaders_and_data_sets_of_others():
    one = model()
    x = Torch(np.ones((2, 1), "float32"))
    one.fit(Loader(lambda i: [x, x]), epochs=2, verbose=0)
    one.fit(TfDataset(), epochs=2, verbose=0)
    assert int(one.optimizer.iterations) == 12
    assert one.predict(TfDataset(), verbose=0).shape == (6, 1)
    assert one.predict(Loader(lambda i: x), verbose=0).shape == (6, 1)
    one.fit([x], [x], verbose=0)
    named = keras.Model(one_input := layers.Input((1,), name="a"), layers.Dense(1)(one_input))
    assert named.predict(Loader(lambda i: {"a": x}), verbose=0).shape == (6, 1)
