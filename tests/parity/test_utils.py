"""`gyeol.utils` beside `keras.utils`."""

import inspect

import keras
import numpy as np
import pytest
from PIL import Image

from gyeol import utils
from gyeol.layers import Dense, Input
from gyeol.utils import image_files


@pytest.mark.parametrize("name", ["nearest", *image_files._KERNELS])
def test_resizing(name):
    if name in ("gaussian", "mitchellcubic"):
        pytest.skip("Keras has these on TensorFlow only")
    image = np.random.default_rng(0).random((7, 9, 2), dtype="float32")
    for size in ((5, 4), (11, 9)):
        theirs = keras.ops.image.resize(image, size, interpolation=name, antialias=False)
        np.testing.assert_allclose(image_files.resized(image, size, name), theirs, atol=2e-6)


def test_area_resizing_is_a_mean():
    image = np.arange(16.0).reshape(4, 4, 1)
    expected = image.reshape(2, 2, 2, 2, 1).mean((1, 3))
    np.testing.assert_allclose(image_files.resized(image, (2, 2), "area"), expected)


@pytest.mark.parametrize("size", [(4, 4), (3, 8), (12, 10)])
def test_cropping(size):
    image = np.random.default_rng(0).random((6, 9, 3), dtype="float32")
    theirs = keras.preprocessing.image.smart_resize(image, size)
    ours = image_files.resized(image_files.cropped(image, size), size, "bilinear")
    np.testing.assert_allclose(ours, theirs, atol=2e-6)


@pytest.mark.parametrize("options", [
    {},
    {"color_mode": "grayscale"},
    {"color_mode": "rgba", "target_size": (5, 5)},
    {"target_size": (4, 9), "interpolation": "bicubic", "keep_aspect_ratio": True},
    {"target_size": (11, 3), "interpolation": "lanczos", "keep_aspect_ratio": True},
])  # fmt: skip
def test_loading(tmp_path, options):
    values = np.random.default_rng(0).integers(0, 256, (7, 10, 3), dtype="uint8")
    Image.fromarray(values).save(tmp_path / "a.png")
    ours = utils.load_img(tmp_path / "a.png", **options)
    theirs = keras.utils.load_img(tmp_path / "a.png", **options)
    assert ours.mode == theirs.mode
    np.testing.assert_array_equal(np.asarray(ours), np.asarray(theirs))
    for form in ("channels_first", "channels_last"):
        array = utils.img_to_array(ours, form)
        np.testing.assert_array_equal(array, keras.utils.img_to_array(theirs, form))
        back = [u.array_to_img(array, form) for u in (utils, keras.utils)]
        np.testing.assert_array_equal(np.asarray(back[0]), np.asarray(back[1]))


@pytest.mark.parametrize("options", [
    {},
    {"maxlen": 2},
    {"maxlen": 4, "padding": "post", "value": -1},
    {"maxlen": 2, "truncating": "post", "dtype": "float32", "value": 0.5},
])  # fmt: skip
def test_pad_sequences(options):
    for sequences in ([[1], [2, 3], [4, 5, 6], []], [[[1, 2]], [[3, 4], [5, 6]]]):
        ours, theirs = (u.pad_sequences(sequences, **options) for u in (utils, keras.utils))
        np.testing.assert_array_equal(ours, theirs)
        assert ours.dtype == theirs.dtype
    texts = {"dtype": object, "value": "-"}
    for u in (utils, keras.utils):
        assert u.pad_sequences([["a"], ["b", "c"]], **texts).tolist() == [["-", "a"], ["b", "c"]]


def test_the_same_files_in_the_same_order(tmp_path):
    # The order of the files is Keras's for a seed, so that subsets are the same ones.
    from keras.src.utils.dataset_utils import index_directory

    for name in ("b", "a"):
        (tmp_path / name).mkdir()
        for i in range(5):
            Image.new("L", (2, 2)).save(tmp_path / name / f"{i}.png")
    for shuffle in (True, False):
        theirs = index_directory(
            str(tmp_path), "inferred", (".png",), shuffle=shuffle, seed=3, verbose=False
        )
        ours = utils.image_dataset_from_directory(
            tmp_path, shuffle=shuffle, seed=3, verbose=False, image_size=2
        )
        assert ours.file_paths == list(theirs[0])
        assert ours.class_names == theirs[2]


def test_batches_and_sources():
    for given in ((1,), (1, 2), (1, 2, 3), ([1],)):
        packed = [u.pack_x_y_sample_weight(*given) for u in (utils, keras.utils)]
        assert packed[0] == packed[1]
        unpacked = [u.unpack_x_y_sample_weight(packed[0]) for u in (utils, keras.utils)]
        assert unpacked[0] == unpacked[1]
    a, b = Input((2,)), Input((2,))
    out = Dense(1)(a + b)
    assert [id(t) for t in utils.get_source_inputs(out)] == [id(a), id(b)]
    assert utils.is_keras_tensor(out)
    assert not utils.is_keras_tensor(1)


@pytest.mark.parametrize("name", [name for name in utils.__all__ if hasattr(keras.utils, name)])
def test_signatures(name):
    ours, theirs = getattr(utils, name), getattr(keras.utils, name)
    if name in ("custom_object_scope", "CustomObjectScope", "Sequence", "PyDataset"):
        ours, theirs = ours.__init__, theirs.__init__

    def described(function):
        parameters = inspect.signature(function).parameters.values()
        return [(p.name, p.default) for p in parameters if p.name != "self"]

    if name not in ("serialize_keras_object", "deserialize_keras_object", "Progbar"):
        assert described(ours) == described(theirs)


def test_py_dataset_has_keras_names():
    for name in vars(keras.utils.PyDataset):
        if not name.startswith("_"):
            assert hasattr(utils.PyDataset, name), name
    assert utils.Sequence is utils.PyDataset
