"""`ImageDataGenerator`: the same pictures as Keras's, from the same random numbers."""

import keras
import keras.src.legacy.preprocessing.image as theirs_image
import numpy as np
import pandas as pd
import pytest
import scipy.ndimage
from PIL import Image

import gyeol
from gyeol.preprocessing import image as ours_image

X = np.random.default_rng(0).integers(0, 256, (7, 6, 5, 3)).astype("float32")
Y = np.arange(7) % 2


@pytest.fixture(autouse=True)
def old_scipy(monkeypatch):
    # Keras looks for the function where SciPy had it years ago.
    monkeypatch.setattr(scipy.ndimage, "interpolation", scipy.ndimage, raising=False)


def both(**settings):
    """The generators of gyeol and of Keras."""
    return [m.ImageDataGenerator(**settings) for m in (ours_image, theirs_image)]


SETTINGS = [
    {"rotation_range": 30, "width_shift_range": 0.2, "height_shift_range": 2},
    {"shear_range": 15, "zoom_range": 0.3, "fill_mode": "reflect", "horizontal_flip": True},
    {"width_shift_range": [1, 2], "vertical_flip": True, "fill_mode": "constant", "cval": 9.0},
    {"zoom_range": (0.8, 1.5), "channel_shift_range": 20.0, "brightness_range": (0.5, 1.5)},
    {"rescale": 1 / 255, "samplewise_center": True, "samplewise_std_normalization": True},
    {"featurewise_center": True, "featurewise_std_normalization": True},
    {"featurewise_center": True, "zca_whitening": True, "rescale": 0.01},
    {"preprocessing_function": lambda x: 255 - x, "interpolation_order": 0, "rotation_range": 90},
]


@pytest.mark.parametrize("settings", SETTINGS)
def test_batches_are_keras(settings):
    flows = []
    for generator in both(**settings):
        generator.fit(X, augment="rotation_range" in settings, rounds=2, seed=1)
        flows.append(generator.flow(X, Y, batch_size=3, seed=5))
    for _ in range(4):
        (x, y), (x2, y2) = (next(flow) for flow in flows)
        np.testing.assert_allclose(x, x2, rtol=1e-4, atol=1e-3)
        np.testing.assert_array_equal(y, y2)
    (x, _), (x2, _) = (flow[1] for flow in flows)
    np.testing.assert_allclose(x, x2, rtol=1e-4, atol=1e-3)


def test_channels_first():
    x = X.transpose(0, 3, 1, 2)
    settings = {"rotation_range": 30, "height_shift_range": 0.3, "data_format": "channels_first"}
    a, b = (g.flow(x, seed=1)[0] for g in both(**settings))
    np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("random_rotation", (40,)),
        ("random_shift", (0.2, 0.3)),
        ("random_shear", (20,)),
        ("random_zoom", ((0.7, 1.2),)),
        ("random_channel_shift", (30,)),
        ("random_brightness", ((0.5, 2.0),)),
    ],
)
def test_one_picture(name, arguments):
    results = []
    for module in (ours_image, theirs_image):
        np.random.seed(3)
        axes = {} if "brightness" in name else {"channel_axis": 2}
        if axes and "channel" not in name:
            axes |= {"row_axis": 0, "col_axis": 1}
        results.append(getattr(module, name)(X[0], *arguments, **axes))
    np.testing.assert_allclose(*results, rtol=1e-5, atol=1e-3)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pictures")
    for name in ("b", "a"):
        (folder / name).mkdir()
        for i in range(5):
            Image.fromarray(X[i].astype("uint8") // (2 if name == "a" else 1)).save(
                folder / name / f"{i}.png"
            )
    return folder


@pytest.mark.parametrize("mode", ["categorical", "binary", "sparse", "input", None])
def test_folders_are_keras(folder, mode):
    flows = [
        generator.flow_from_directory(
            str(folder), (4, 4), class_mode=mode, batch_size=3, seed=2, subset="training"
        )
        for generator in both(rescale=1 / 255, horizontal_flip=True, validation_split=0.4)
    ]
    ours, theirs = flows
    assert ours.class_indices == theirs.class_indices == {"a": 0, "b": 1}
    assert ours.filenames == theirs.filenames
    assert len(ours.filenames) == ours.samples == 6
    for _ in range(3):
        a, b = next(ours), next(theirs)
        for mine, yours in zip(a if mode else [a], b if mode else [b]):
            np.testing.assert_allclose(mine, yours, rtol=1e-6)
            assert mine.dtype == yours.dtype


def test_frames_are_keras(folder):
    frame = pd.DataFrame(
        {
            "filename": ["a/0.png", "b/1.png", "b/2.png", "missing.png", "a/3.png"],
            "class": ["cat", "dog", "dog", "cat", "cat"],
            "age": [1.0, 2.0, 3.0, 4.0, 5.0],
        }
    )
    for mode, column in (("categorical", "class"), ("raw", "age"), ("multi_output", ["age"])):
        flows = []
        for generator in both():
            with pytest.warns(UserWarning, match="1 "):
                flows.append(
                    generator.flow_from_dataframe(
                        frame, str(folder), y_col=column, class_mode=mode, target_size=(4, 4),
                        shuffle=False, weight_col="age",
                    )
                )  # fmt: skip
        assert flows[0].filenames == list(flows[1].filenames)
        for mine, yours in zip(next(flows[0]), next(flows[1])):
            np.testing.assert_allclose(np.asarray(mine), np.asarray(yours), rtol=1e-6)


def test_it_trains_a_model_and_predicts_in_order(tmp_path):
    generator = ours_image.ImageDataGenerator(rescale=1 / 255, validation_split=0.25)
    training = generator.flow(X, Y, batch_size=2, subset="training", ignore_class_split=True)
    held_out = generator.flow(
        X, Y, batch_size=2, subset="validation", ignore_class_split=True, save_to_dir=tmp_path
    )
    assert (training.n, held_out.n) == (6, 1)
    model = gyeol.Sequential(
        [gyeol.Input((6, 5, 3)), gyeol.layers.Flatten(), gyeol.layers.Dense(1)]
    )
    model.compile("sgd", "mse")
    history = model.fit(training, validation_data=held_out, epochs=2, verbose=0)
    assert len(history.history["val_loss"]) == 2
    assert int(model.optimizer.iterations) == 6
    model.fit(training, steps_per_epoch=5, verbose=0)
    assert int(model.optimizer.iterations) == 11
    assert list(tmp_path.iterdir())
    in_order = generator.flow(X, batch_size=2, shuffle=False)
    expected = model.predict(X / 255, verbose=0)
    np.testing.assert_allclose(model.predict(in_order, verbose=0), expected, rtol=1e-5, atol=1e-5)


def test_mistakes_are_named(tmp_path):
    new = ours_image.ImageDataGenerator
    with pytest.warns(UserWarning, match="call fit"):
        next(new(featurewise_center=True).flow(X))
    for given, words in (
        ({"zoom_range": (1, 2, 3)}, "zoom_range takes two"),
        ({"fill_mode": "black"}, "fill_mode is one of"),
        ({"validation_split": 2}, "between 0 and 1"),
    ):
        with pytest.raises(ValueError, match=words):
            new(**given)
    with pytest.raises(ValueError, match="four axes"):
        new().flow(X[0])
    with pytest.raises(ValueError, match="y has 2 rows"):
        new().flow(X, [1, 2])
    with pytest.raises(ValueError, match="different classes"):
        new(validation_split=0.4).flow(X, 0.5 * np.arange(7) < Y, subset="training")
    with pytest.raises(FileNotFoundError, match="no folder"):
        new().flow_from_directory(tmp_path / "none")
    with pytest.raises(ValueError, match="class_mode is one of"):
        new().flow_from_directory(tmp_path, class_mode="text")


def test_smart_resize_is_keras():
    modules = (ours_image, keras.preprocessing.image)
    ours, theirs = (module.smart_resize(X, (4, 7)) for module in modules)
    np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-3)
