"""Functions on pictures: laws, and what they refuse. Their pixels are held against Keras's."""

import jax.numpy as jnp
import numpy as np
import pytest

from gyeol import ops
from gyeol.ops import image

RNG = np.random.default_rng(0)
PICTURES = RNG.uniform(0, 1, (2, 4, 6, 3)).astype("float32")
STAY = np.array([1, 0, 0, 0, 1, 0, 0, 0], "float32")


def test_it_is_a_part_of_ops():
    assert ops.image is image


@pytest.mark.parametrize("mode", ["constant", "nearest", "wrap", "mirror", "reflect"])
def test_what_is_beyond_the_edges(mode):
    row = jnp.arange(4.0).reshape(1, 4, 1)
    move = jnp.asarray(STAY).at[2].set(-3)
    expected = {
        "constant": [9, 9, 9, 0],
        "nearest": [0, 0, 0, 0],
        "wrap": [1, 2, 3, 0],
        "mirror": [3, 2, 1, 0],
        "reflect": [2, 1, 0, 0],
    }[mode]
    for interpolation in ("nearest", "bilinear"):
        moved = image.affine_transform(row, move, interpolation, mode, 9.0)
        assert moved.ravel().tolist() == expected
    # One pixel is its own neighbour, in every mode.
    dot = image.affine_transform(jnp.ones((1, 1, 1)), move, "nearest", mode, 1.0)
    assert dot.ravel().tolist() == [1]


def test_a_projection_divides():
    # Keras's documentation has it so, and its TensorFlow backend.
    picture = PICTURES[0, :1]
    turned = image.affine_transform(
        picture, np.array([1, 0, 0, 0, 1, 0, 1, 0], "float32"), "nearest"
    )
    places = np.round(np.arange(6) / (np.arange(6) + 1) + 1e-6).astype(int)
    np.testing.assert_array_equal(turned[0], picture[0, places])


def test_nothing_is_changed_where_nothing_is_asked():
    for pictures in (PICTURES, PICTURES[0]):
        stays = image.affine_transform(pictures, STAY)
        np.testing.assert_allclose(stays, pictures, atol=1e-6)
        np.testing.assert_allclose(image.resize(pictures, (4, 6)), pictures, atol=1e-6)
        same = image.hsv_to_rgb(image.rgb_to_hsv(pictures))
        np.testing.assert_allclose(same, pictures, atol=1e-5)
    corners = np.array([[0, 0], [5, 0], [0, 3], [5, 3]], "float32")
    same = image.perspective_transform(PICTURES, corners, corners)
    np.testing.assert_allclose(same[:, 1:-1, 1:-1], PICTURES[:, 1:-1, 1:-1], atol=1e-4)


def test_padding_and_cropping_undo_each_other():
    padded = image.pad_images(PICTURES, 1, 2, 3, 4)
    assert padded.shape == (2, 8, 12, 3)
    np.testing.assert_array_equal(image.crop_images(padded, 1, 2, 3, 4), PICTURES)


def test_a_blur_keeps_the_sum():
    dot = jnp.zeros((9, 9, 1)).at[4, 4].set(1.0)
    blurred = image.gaussian_blur(dot, (5, 3), (1.0, 0.5))
    np.testing.assert_allclose(blurred.sum(), 1, rtol=1e-5)
    assert (blurred[..., 0] > 0).sum() == 15


def test_whole_numbers_stay_in_their_range():
    steps = np.zeros((1, 8, 8, 1), "uint8")
    steps[:, 4:] = 255
    resized = np.asarray(image.resize(steps, (16, 16), "lanczos3"))
    assert resized.dtype == "uint8"
    # Where the curve is above 255 or below 0, it is held there.
    assert (resized[0, :4] < 20).all() and (resized[0, -4:] > 235).all()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: image.resize(PICTURES, (2, 2), "area"), ["interpolation", "'area'"]),
        (lambda: image.resize(PICTURES, (2, 2, 2)), ["size", "(2, 2, 2)"]),
        (lambda: image.resize(PICTURES[0, 0], (2, 2)), ["(height, width, channels)", "(6, 3)"]),
        (
            lambda: image.resize(
                PICTURES, (2, 2), crop_to_aspect_ratio=True, pad_to_aspect_ratio=True
            ),
            ["crop_to_aspect_ratio", "not both"],
        ),
        (lambda: image.affine_transform(PICTURES, np.eye(3)), ["8 numbers", "(3, 3)"]),
        (lambda: image.affine_transform(PICTURES, STAY, fill_mode="zero"), ["fill_mode"]),
        (lambda: image.map_coordinates(PICTURES, [np.zeros(2)], 1), ["4 axes", "got 1"]),
        (lambda: image.map_coordinates(np.ones(3), [np.zeros(2)], 3), ["order", "3"]),
        (lambda: image.pad_images(PICTURES, 1, 1), ["padding", "two of"]),
        (lambda: image.crop_images(PICTURES, 3, 1, 3, 1), ["cropping", "length 4"]),
        (lambda: image.rgb_to_hsv(PICTURES.astype("uint8")), ["floats", "uint8"]),
        (lambda: image.rgb_to_grayscale(PICTURES[..., :2]), ["1 or 3", "(2, 4, 6, 2)"]),
        (lambda: image.perspective_transform(PICTURES, np.ones((3, 2)), STAY), ["(4, 2)"]),
        (lambda: image.extract_patches(PICTURES, (2, 2, 2, 2)), ["2 or 3 numbers"]),
    ],
)
def test_messages(make, words):
    with pytest.raises(ValueError) as error:
        make()
    assert not [word for word in words if word not in str(error.value)], str(error.value)
