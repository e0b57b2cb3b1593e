"""`Dataset`: the steps of `tf.data`, held against what Python's lists say."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gyeol
from gyeol.utils.dataset import Dataset, Tensor, TensorSpec


def numbers(dataset):
    return [np.asarray(item).tolist() for item in dataset]


@settings(max_examples=15)
@given(
    length=st.integers(0, 20),
    size=st.integers(1, 7),
    buffer=st.integers(1, 25),
    count=st.integers(0, 25),
    slices=st.booleans(),
)
def test_each_step_gives_what_lists_give(length, size, buffer, count, slices):
    items = list(range(length))
    # Slices of arrays go a faster way than other elements; both say the same.
    data = Dataset.from_tensor_slices(np.arange(length)) if slices else Dataset.range(length)
    groups = [items[i : i + size] for i in range(0, length, size)]
    assert numbers(data.batch(size)) == groups
    whole = [group for group in groups if len(group) == size]
    assert numbers(data.batch(size, drop_remainder=True)) == whole
    assert numbers(data.take(count)) == items[:count]
    assert numbers(data.skip(count)) == items[count:]
    assert numbers(data.repeat(2)) == items * 2
    assert numbers(data.repeat().take(3 * length)) == items * 3
    assert numbers(data.shard(3, 1)) == items[1::3]
    assert numbers(data.map(lambda x: x * 2).filter(lambda x: x % 3 == 0)) == [
        2 * x for x in items if 2 * x % 3 == 0
    ]
    assert numbers(data.concatenate(data.cache())) == items * 2
    assert numbers(data.batch(size).unbatch()) == items
    shuffled = numbers(data.shuffle(buffer, seed=1))
    assert sorted(shuffled) == items
    # An element waits in the buffer until it is drawn, so none comes more than a buffer early.
    assert all(item - place < buffer for place, item in enumerate(shuffled))
    for made in (
        data.batch(size),
        data.batch(size, drop_remainder=True),
        data.take(count),
        data.skip(count),
        data.repeat(2),
        data.shard(3, 1),
        data.shuffle(buffer).prefetch(2),
        Dataset.zip(data, data.repeat()),
    ):
        assert len(made) == len(list(made)) == int(made.cardinality())


def test_each_walk_is_shuffled_anew_and_a_seed_repeats_it():
    data = Dataset.range(50)
    once = data.shuffle(50, seed=3)
    first, second = numbers(once), numbers(once)
    assert first != second
    again = data.shuffle(50, seed=3)
    assert [numbers(again), numbers(again)] == [first, second]
    fixed = data.shuffle(50, seed=3, reshuffle_each_iteration=False)
    assert numbers(fixed) == numbers(fixed)
    assert numbers(data.shuffle(50).repeat(2)) != numbers(data.shuffle(50).repeat(2))
    gyeol.utils.set_random_seed(1)
    by_program = numbers(data.shuffle(50))
    gyeol.utils.set_random_seed(1)
    assert numbers(data.shuffle(50)) == by_program
    # tf.data: a repeated shuffle has another order in each round, and every row in each.
    rounds = numbers(data.shuffle(50, seed=1).repeat(2))
    assert rounds[:50] != rounds[50:]
    assert sorted(rounds[:50]) == sorted(rounds[50:]) == list(range(50))


def test_structures_stay():
    x, y = np.arange(6).reshape(3, 2), np.array([b"a", b"b", b"c"])
    data = Dataset.from_tensor_slices({"x": x, "pair": (y, x[:, 0])})
    first = next(iter(data.batch(2)))
    assert first["x"].shape == (2, 2)
    assert first["pair"][0].tolist() == [b"a", b"b"]
    seen = []
    list(Dataset.from_tensor_slices((x, y)).map(lambda a, b: seen.append((a, b)) or a))
    assert seen[1][0].tolist() == [2, 3]
    zipped = Dataset.zip({"a": Dataset.range(2), "b": Dataset.range(5, 7)})
    assert [(int(item["a"]), int(item["b"])) for item in zipped] == [(0, 5), (1, 6)]
    assert [(int(i), int(v)) for i, v in Dataset.range(5, 7).enumerate()] == [(0, 5), (1, 6)]
    assert int(Dataset.range(5).reduce(np.int64(0), lambda total, x: total + x)) == 10
    assert numbers(Dataset.range(3).flat_map(lambda n: Dataset.range(int(n)))) == [0, 0, 1]


def test_elements_answer_as_tensors_do():
    images, labels = next(iter(Dataset.from_tensor_slices((np.ones((3, 2)), [0, 1, 2])).batch(3)))
    assert isinstance(images, Tensor)
    assert images[0].numpy().astype("uint8").tolist() == [1, 1]
    assert ["a", "b", "c"][labels[1]] == "b"
    assert labels[2].numpy() == 2
    assert isinstance(labels[2].numpy(), np.generic)
    plain = next(Dataset.range(3).batch(3).as_numpy_iterator())
    assert type(plain) is np.ndarray


def test_specs_leave_the_size_of_a_batch_open():
    data = Dataset.from_tensor_slices((np.zeros((5, 3), "float32"), np.zeros(5, "int32")))
    assert data.element_spec == (TensorSpec((3,), "float32"), TensorSpec((), "int32"))
    batch = data.batch(2).map(lambda x, y: (x * 2, y))
    assert batch.element_spec[0] == TensorSpec((None, 3), "float32")
    assert data.batch(2, drop_remainder=True).element_spec[0].shape == (2, 3)
    assert Dataset.from_tensor_slices(["a", "bc"]).element_spec.dtype == "string"


def test_a_generator_is_called_anew_for_each_walk():
    def generator(stop):
        for i in range(stop):
            yield [i, i], i

    data = Dataset.from_generator(generator, output_types=("float32", "int32"), args=(3,))
    for _ in range(2):
        assert [x.tolist() for x, _ in data] == [[0, 0], [1, 1], [2, 2]]
    x, y = next(iter(data))
    assert (x.dtype, y.dtype) == (np.float32, np.int32)
    with pytest.raises(TypeError, match="not known"):
        len(data)
    assert int(data.cardinality()) == -2
    assert data.cardinality().numpy() == -2
    with pytest.raises(TypeError, match="infinite"):
        len(data.repeat())
    assert data


def test_a_cache_computes_each_element_once():
    calls = []
    data = Dataset.range(4).map(lambda x: calls.append(int(x)) or x).cache()
    assert numbers(data.take(2)) == [0, 1]
    assert numbers(data) == numbers(data) == [0, 1, 2, 3]
    # The walk that was broken off is not kept.
    assert calls == [0, 1, 0, 1, 2, 3]


def test_ragged_elements_are_padded_or_refused():
    data = Dataset.from_generator(lambda: iter([[1], [2, 3]]), output_types="int32")
    assert numbers(data.padded_batch(2)) == [[[1, 0], [2, 3]]]
    assert numbers(data.padded_batch(2, [3], -1)) == [[[1, -1, -1], [2, 3, -1]]]
    with pytest.raises(ValueError, match="padded_batch"):
        list(data.batch(2))
    with pytest.raises(ValueError, match="one length; got 2, 3"):
        Dataset.from_tensor_slices(([1, 2], [1, 2, 3]))


def test_a_model_trains_on_it_as_on_arrays():
    x = np.arange(20, dtype="float32").reshape(10, 2) / 20
    y = x.sum(1, keepdims=True)

    def model():
        gyeol.utils.set_random_seed(0)
        model = gyeol.Sequential([gyeol.Input((2,)), gyeol.layers.Dense(1)])
        model.compile("sgd", "mse")
        return model

    by_arrays, by_dataset = model(), model()
    by_arrays.fit(x, y, batch_size=4, shuffle=False, epochs=2, verbose=0)
    data = Dataset.from_tensor_slices((x, y)).map(lambda a, b: (a, b)).batch(4).prefetch(1)
    by_dataset.fit(data, epochs=2, verbose=0, validation_data=data)
    np.testing.assert_allclose(*(m.get_weights()[0] for m in (by_arrays, by_dataset)), rtol=1e-6)
    np.testing.assert_allclose(by_dataset.predict(data, verbose=0), by_arrays.predict(x, verbose=0))
    repeated = model().fit(data.repeat(), steps_per_epoch=2, epochs=2, verbose=0)
    assert len(repeated.history["loss"]) == 2
