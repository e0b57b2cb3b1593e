"""Preprocessing gives Keras's pixels and numbers: the functions on pictures, the layers, the files.

What Keras itself does only with TensorFlow (text and vocabularies) has its numbers written down in
tests/layers/preprocessing.
"""

import json

import jax
import jax.numpy as jnp
import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gyeol
from gyeol import layers, serialization
from gyeol.ops import image

RNG = np.random.default_rng(0)
PICTURES = RNG.uniform(0, 255, (2, 5, 7, 3)).astype("float32")
MODES = ["constant", "nearest", "wrap", "mirror", "reflect"]
# Sums of a few terms of order 255, in another order.
TOLERANCE = {"rtol": 1e-5, "atol": 2e-3}


def plain(config):
    return json.loads(json.dumps(config))


def in_format(pictures, data_format):
    return np.moveaxis(pictures, -1, -3) if data_format == "channels_first" else pictures


def same(name, *args, tolerance=TOLERANCE, **kwargs):
    """gyeol's function and Keras's give one result, compiled together."""
    arrays = [i for i, arg in enumerate(args) if isinstance(arg, np.ndarray)]

    def both(*values):
        given_args = list(args)
        for i, value in zip(arrays, values):
            given_args[i] = value
        return [getattr(module, name)(*given_args, **kwargs) for module in (image, keras.ops.image)]

    mine, other = jax.jit(both)(*(args[i] for i in arrays))
    assert (mine.shape, mine.dtype) == (other.shape, other.dtype)
    np.testing.assert_allclose(
        np.asarray(mine, "float32"), np.asarray(other, "float32"), **tolerance
    )


# Functions on pictures ------------------------------------------------------------------------


@settings(max_examples=8)
@given(
    size=st.tuples(st.integers(1, 9), st.integers(1, 9)),
    interpolation=st.sampled_from(["bilinear", "nearest", "bicubic", "lanczos3", "lanczos5"]),
    antialias=st.booleans(),
    ratio=st.sampled_from([None, "crop_to_aspect_ratio", "pad_to_aspect_ratio"]),
    dtype=st.sampled_from(["float32", "uint8"]),
    data_format=st.sampled_from(["channels_last", "channels_first"]),
    single=st.booleans(),
)
def test_resize(size, interpolation, antialias, ratio, dtype, data_format, single):
    pictures = in_format(PICTURES.astype(dtype), data_format)
    kwargs = {ratio: True, "fill_value": 3.0} if ratio else {}
    tolerance = TOLERANCE
    if dtype == "uint8":
        # Rounding of what differs in the last bit.
        tolerance = {"atol": 1}
    same(
        "resize",
        pictures[0] if single else pictures,
        size,
        interpolation=interpolation,
        antialias=antialias,
        data_format=data_format,
        tolerance=tolerance,
        **kwargs,
    )


# `test_map_coordinates` goes through all modes.
@pytest.mark.parametrize(
    ("interpolation", "mode"),
    [("bilinear", "constant"), ("bilinear", "reflect"), ("nearest", "wrap"), ("nearest", "mirror")],
)
def test_affine_transform(interpolation, mode):
    # Far enough out that every mode repeats the picture; no place is halfway between two pixels.
    transforms = np.array(
        [[0.9, 0.4, -6.3, -0.5, 1.1, 2.7, 0, 0], [2.3, 0.1, -4.4, 0.2, 2.1, -5.2, 0, 0]], "float32"
    )
    kwargs = {"interpolation": interpolation, "fill_mode": mode, "fill_value": 7.0}
    same("affine_transform", PICTURES, transforms, **kwargs)
    if mode == "reflect":
        first = in_format(PICTURES, "channels_first")[0].astype("uint8")
        kwargs["data_format"] = "channels_first"
        same("affine_transform", first, transforms[0], tolerance={"atol": 1}, **kwargs)


def test_gradient_of_affine_transform():
    transform = np.array([0.9, 0.4, -1.3, -0.5, 1.1, 0.7, 0, 0], "float32")
    weights = RNG.normal(size=PICTURES.shape).astype("float32")

    def gradients(module):
        def loss(pictures):
            moved = module.affine_transform(pictures, jnp.tile(transform, (2, 1)), fill_mode="wrap")
            return (moved * weights).sum()

        return jax.grad(loss)(PICTURES)

    mine, other = jax.jit(lambda: (gradients(image), gradients(keras.ops.image)))()
    np.testing.assert_allclose(mine, other, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("mode", MODES)
def test_map_coordinates(mode):
    places = RNG.uniform(-9, 12, (2, 4, 3)).astype("float32")
    for order in (0, 1):
        same("map_coordinates", PICTURES[0, :, :, 0], places, order, mode, 5.0)


def test_perspective_transform():
    start = np.array([[0, 0], [6, 0], [0, 4], [6, 4]], "float32")
    end = start + RNG.uniform(-1, 1, (2, 4, 2)).astype("float32")
    # The equations are solved in another order of the pictures' axes.
    same("perspective_transform", PICTURES, np.stack([start] * 2), end, tolerance={"atol": 0.05})


def test_colours():
    small = in_format(RNG.uniform(0, 1, (2, 4, 5, 3)).astype("float32"), "channels_first")
    small[0, :, 0] = 0.5
    small[1, 1:, 1] = 0
    for pictures, data_format in (
        (small, "channels_first"),
        (np.moveaxis(small, 1, -1)[0], "channels_last"),
    ):
        tight = {"rtol": 1e-5, "atol": 1e-6}
        same("rgb_to_hsv", pictures, data_format=data_format, tolerance=tight)
        same("hsv_to_rgb", pictures, data_format=data_format, tolerance=tight)
        same("rgb_to_grayscale", pictures, data_format=data_format, tolerance=tight)
    same("rgb_to_grayscale", PICTURES.astype("uint8"), tolerance={"atol": 1})
    same("rgb_to_grayscale", PICTURES[..., :1])


def test_padding_and_cropping():
    same("pad_images", PICTURES, 1, 2, target_height=9, target_width=9)
    same("pad_images", PICTURES[0], None, 2, 0, 1, target_height=7)
    same("crop_images", PICTURES, 1, 2, target_height=3, target_width=4)
    same("crop_images", in_format(PICTURES, "channels_first"), None, 0, 1, 3, 2,
         data_format="channels_first")  # fmt: skip


def test_windows_and_blur():
    same("extract_patches", PICTURES, (2, 3), strides=(1, 2), padding="same")
    same("extract_patches", PICTURES[0], 2)
    volumes = RNG.normal(size=(1, 4, 4, 4, 2)).astype("float32")
    same("extract_patches_3d", volumes, 2)
    for data_format in ("channels_last", "channels_first"):
        same("gaussian_blur", in_format(PICTURES, data_format), (3, 3), (0.7, 1.4),
             data_format=data_format)  # fmt: skip
    moved = {"spatial_dims": (1, 2), "method": "linear"}
    scale, distance = np.array([1.5, 0.5], "float32"), np.array([-1.0, 2.0], "float32")
    same("scale_and_translate", PICTURES, (2, 6, 6, 3), scale, distance, **moved)


# Layers ---------------------------------------------------------------------------------------

CONFIGS = {
    "CategoryEncoding": {"num_tokens": 4, "output_mode": "count"},
    "CenterCrop": {"height": 3, "width": 4},
    "Discretization": {"num_bins": 3, "output_mode": "one_hot"},
    "Normalization": {"axis": (1, -1), "mean": [[1.0, 2.0]], "variance": [[3.0, 4.0]]},
    "RandomBrightness": {"factor": 0.2, "value_range": (0, 1)},
    "RandomContrast": {"factor": (0.2, 0.3), "seed": 3},
    "RandomCrop": {"height": 3, "width": 4, "seed": 1},
    "RandomErasing": {"factor": (0.1, 0.5), "scale": 0.3, "seed": 2},
    "RandomFlip": {"mode": "vertical", "seed": 5},
    "RandomGrayscale": {"factor": 0.3, "data_format": "channels_first"},
    "RandomHue": {"factor": 0.3, "value_range": (0, 1)},
    "RandomInvert": {"factor": 0.5, "seed": 2},
    "RandomRotation": {"factor": 0.2, "fill_mode": "constant", "fill_value": 3.0},
    "RandomTranslation": {"height_factor": 0.2, "width_factor": (-0.1, 0.3)},
    "RandomZoom": {"height_factor": (-0.3, 0.2), "interpolation": "nearest"},
    "Resizing": {"height": 3, "width": 4, "antialias": True, "data_format": "channels_first"},
}


@pytest.mark.parametrize("name", CONFIGS)
def test_config(name):
    ours, theirs = (getattr(m, name)(name="it", **CONFIGS[name]) for m in (layers, keras.layers))
    assert plain(ours.get_config()) == plain(theirs.get_config())
    again = type(ours).from_config(plain(theirs.get_config()))
    assert plain(again.get_config()) == plain(ours.get_config())
    written = keras.saving.deserialize_keras_object(plain(serialization.serialize(ours)))
    assert plain(written.get_config()) == plain(theirs.get_config())


def check_layer(name, kwargs, inputs, **tolerance):
    ours, theirs = (getattr(m, name)(**kwargs) for m in (layers, keras.layers))
    mine, other = ours(inputs), theirs(inputs)
    assert (mine.shape, mine.dtype) == (other.shape, other.dtype)
    np.testing.assert_allclose(
        np.asarray(mine, "float32"), np.asarray(other, "float32"), **(tolerance or TOLERANCE)
    )
    shape = (None, *inputs.shape[1:])
    symbols = [m.Input(batch_shape=shape, dtype=str(inputs.dtype)) for m in (layers, keras.layers)]
    mine, other = ours(symbols[0]), theirs(symbols[1])
    if name != "Resizing":  # Keras gives another dtype than it announces
        assert mine.dtype == other.dtype
    if inputs.ndim > 1:
        assert mine.shape == other.shape


def test_sizes_of_pictures():
    check_layer("Resizing", {"height": 3, "width": 9}, PICTURES.astype("uint8"), atol=1)
    check_layer("CenterCrop", {"height": 2, "width": 4}, PICTURES.astype("uint8"))
    check_layer("CenterCrop", {"height": 6, "width": 4}, PICTURES)


@pytest.mark.parametrize("output_mode", ["one_hot", "multi_hot", "count"])
def test_category_encoding(output_mode):
    kwargs = {"num_tokens": 4, "output_mode": output_mode}
    for inputs in ([[1, 2, 2], [0, 3, 9]], [[1], [3]], [1, 1, 0]):
        check_layer("CategoryEncoding", kwargs, np.array(inputs, "int32"))
    if output_mode == "count":
        weights = np.array([[0.5, 1.0, 2.0]], "float32")
        inputs = np.array([[1, 2, 2]])
        mine, other = (
            m.CategoryEncoding(**kwargs)(inputs, count_weights=weights)
            for m in (layers, keras.layers)
        )
        np.testing.assert_allclose(mine, other)


@pytest.mark.parametrize("output_mode", ["int", "one_hot", "multi_hot", "count"])
def test_discretization(output_mode):
    inputs = np.array([[-1.0, 0.0, 0.5], [1.0, 7.0, 0.25]], "float32")
    kwargs = {"bin_boundaries": [0.0, 0.25, 1.0], "output_mode": output_mode}
    check_layer("Discretization", kwargs, inputs)


def test_discretization_adapts():
    values = RNG.normal(size=(40, 7)).astype("float32")
    for epsilon in (0.01, 0.1):
        ours, theirs = (
            m.Discretization(num_bins=5, epsilon=epsilon) for m in (layers, keras.layers)
        )
        for data in ([values], [values[:9], values[9:]]):
            ours.adapt(data)
            # Keras's `adapt` itself looks for data sets of TensorFlow.
            theirs.reset_state()
            for batch in data:
                theirs.update_state(batch)
            theirs.finalize_state()
            np.testing.assert_allclose(ours.bin_boundaries, theirs.bin_boundaries, rtol=1e-6)


@pytest.mark.parametrize("axis", [-1, None, (1, 2), 0])
def test_normalization(axis):
    data = RNG.normal(3, 2, (6, 4, 2)).astype("float32")
    for invert in (False, True):
        pair = [m.Normalization(axis=axis, invert=invert) for m in (layers, keras.layers)]
        for layer in pair:
            layer.adapt(data)
        described = [[(v.path.split("/")[-1], v.shape, v.dtype) for v in x.weights] for x in pair]
        assert described[0] == described[1]
        for mine, other in zip(*(layer.get_weights() for layer in pair)):
            np.testing.assert_allclose(mine, other, rtol=1e-5)
        mine, other = (layer(data) for layer in pair)
        np.testing.assert_allclose(mine, other, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("axis", "mean"),
    [(-1, 3.0), (-1, [1.0, 2.0]), ((1, 2), [1.0, 2.0]), ((1, 2), np.ones((4, 2)))],
)
def test_normalization_with_given_moments(axis, mean):
    kwargs = {"axis": axis, "mean": mean, "variance": np.abs(np.asarray(mean)) + 1}
    check_layer("Normalization", kwargs, RNG.normal(3, 2, (6, 4, 2)).astype("float32"))


# Augmentation: the same numbers drawn give the same pixels --------------------------------------


def drawn_for_keras(name, theirs, drawn, shape):
    """What Keras's layer would have drawn."""
    column = [numbers[:, None] for numbers in (drawn if type(drawn) is tuple else ())]
    match name:
        case "RandomFlip":
            return {"flips": drawn[0]}
        case "RandomErasing":
            mask = np.ones((shape[0], 1, 1, 1), bool)
            return {"apply_erasing": mask.ravel(), "batch_masks": drawn[0], "fill_value": drawn[1]}
        case "RandomGrayscale":
            return drawn[:, None, None, None]
        case "RandomHue":
            return {"factor": drawn}
        case "RandomInvert":
            return {"apply_inversion": drawn}
        case "RandomRotation":
            degrees, zeros = drawn * 180 / np.pi, jnp.zeros(shape[0])
            matrix = theirs._compute_affine_matrix(
                0.5, 0.5, degrees, zeros, zeros, zeros + 1, zeros, zeros, shape[1], shape[2]
            )
            return {"rotation_matrix": matrix}
        case "RandomZoom":
            return {"height_zoom": column[0], "width_zoom": column[1]}
        case "RandomTranslation":
            return {"translations": jnp.concatenate([column[1], column[0]], axis=1)}
        case "RandomContrast":
            return {"contrast_factor": drawn[:, None, None, None]}
        case "RandomBrightness":
            return {"rgb_delta": drawn[:, None, None, None]}


AUGMENTATIONS = [
    ("RandomFlip", {"mode": "horizontal"}),
    ("RandomFlip", {"mode": "horizontal_and_vertical"}),
    ("RandomRotation", {"factor": 0.3}),
    ("RandomZoom", {"height_factor": 0.5, "width_factor": (0.1, 0.4)}),
    ("RandomZoom", {"height_factor": (-0.4, -0.2), "interpolation": "nearest"}),
    ("RandomTranslation", {"height_factor": 0.5, "width_factor": 0.3, "fill_mode": "constant"}),
    ("RandomContrast", {"factor": (0.5, 0.4)}),
    ("RandomBrightness", {"factor": (-0.2, 0.5), "value_range": (0, 200)}),
    ("RandomErasing", {"factor": (1.0, 1.0), "fill_value": (1.0, 2.0, 3.0)}),
    ("RandomGrayscale", {}),
    ("RandomHue", {"factor": 0.8}),
    ("RandomInvert", {}),
]


@pytest.mark.parametrize(("name", "kwargs"), AUGMENTATIONS)
def test_augmentation(name, kwargs):
    ours, theirs = (getattr(m, name)(seed=1, **kwargs) for m in (layers, keras.layers))
    drawn = ours._drawn(PICTURES.shape)
    if name == "RandomFlip":
        # Keras decides once for both directions; here each is decided for itself.
        drawn = jnp.array([[True, False]] * 2)[:, :, None, None, None]

    def both(pictures, drawn):
        for_keras = drawn_for_keras(name, theirs, drawn, pictures.shape)
        return ours._transformed(pictures, drawn), theirs.transform_images(pictures, for_keras)

    np.testing.assert_allclose(*jax.jit(both)(PICTURES, drawn), **TOLERANCE)


# Files ----------------------------------------------------------------------------------------


def test_files_both_ways(tmp_path):
    def model(module, lays):
        inputs = module.Input((2,))
        normalization = lays.Normalization(name="norm")
        normalization.adapt(RNG.normal(3, 2, (20, 2)))
        intervals = lays.Discretization(num_bins=3, output_mode="count", name="bins")
        intervals.update_state(RNG.normal(0, 1, (50, 2)))
        intervals.finalize_state()
        x = normalization(inputs)
        x = lays.Concatenate()([x, intervals(x)])
        return module.Model(inputs, lays.Dense(2, name="out")(x))

    x = RNG.normal(3, 2, (5, 2)).astype("float32")
    ours, theirs = model(gyeol, layers), model(keras, keras.layers)
    ours.save(tmp_path / "ours.keras")
    read = keras.saving.load_model(tmp_path / "ours.keras")
    np.testing.assert_allclose(read(x), ours(x), rtol=1e-5, atol=1e-5)
    theirs.save(tmp_path / "theirs.keras")
    read = gyeol.models.load_model(tmp_path / "theirs.keras")
    np.testing.assert_allclose(read(x), theirs(x), rtol=1e-5, atol=1e-5)

    theirs.save_weights(tmp_path / "w.weights.h5")
    fresh = model(gyeol, layers)
    fresh.load_weights(tmp_path / "w.weights.h5")
    mine, other = fresh.get_layer("norm"), theirs.get_layer("norm")
    np.testing.assert_allclose(mine(x), other(x), rtol=1e-5, atol=1e-5)
