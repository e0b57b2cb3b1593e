"""Pictures resized, and changed at random: what must hold whatever numbers are drawn."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import gyeol
from gyeol import layers, random

RNG = np.random.default_rng(0)
SIZE = (6, 8, 3)
MANY = jnp.asarray(np.broadcast_to(RNG.uniform(0, 255, SIZE), (40, *SIZE)), "float32")
ONE = np.asarray(MANY[0])

CHANGES = {
    "RandomBrightness": {"factor": 0.2},
    "RandomContrast": {"factor": 0.2},
    "RandomErasing": {"factor": (1, 1)},
    "RandomFlip": {},
    "RandomRotation": {"factor": 0.2},
    "RandomTranslation": {"height_factor": 0.2, "width_factor": 0.3},
    "RandomZoom": {"height_factor": 0.2},
}
NOTHING = {
    "RandomBrightness": {"factor": 0},
    "RandomContrast": {"factor": 0.0},
    "RandomErasing": {"factor": 0.0},
    "RandomGrayscale": {"factor": 0.0},
    "RandomHue": {"factor": 0.0},
    "RandomInvert": {"factor": 0.0},
    "RandomRotation": {"factor": 0.0, "fill_mode": "constant", "fill_value": 9.0},
    "RandomTranslation": {"height_factor": 0.0, "width_factor": (0.0, 0.0)},
    "RandomZoom": {"height_factor": 0.0},
}


@pytest.mark.parametrize("name", CHANGES)
def test_each_picture_is_changed_by_itself_and_only_in_training(name):
    layer = getattr(layers, name)(seed=3, **CHANGES[name])
    np.testing.assert_array_equal(layer(MANY, training=False), MANY)
    changed = np.asarray(layer(MANY, training=True))
    different = {picture.tobytes() for picture in changed}
    assert len(different) == (4 if name == "RandomFlip" else len(MANY))

    again = getattr(layers, name)(seed=3, **CHANGES[name])
    np.testing.assert_array_equal(again(MANY, training=True), changed)
    other = getattr(layers, name)(seed=4, **CHANGES[name])
    assert (np.asarray(other(MANY, training=True)) != changed).any()

    # Compiled, what is drawn follows from the key alone; and channels may come first.
    def run(key, pictures, layer):
        with random.stream(key):
            return layer(pictures, training=True)

    # Noise would be drawn in the order of the axes.
    kwargs = CHANGES[name] | ({"fill_value": 7.0} if name == "RandomErasing" else {})
    last, first = (
        getattr(layers, name)(data_format=data_format, seed=3, **kwargs)
        for data_format in ("channels_last", "channels_first")
    )
    both = jax.jit(lambda key: (run(key, MANY, last), run(key, jnp.moveaxis(MANY, -1, 1), first)))
    last, first = both(jax.random.key(5))
    np.testing.assert_allclose(np.moveaxis(np.asarray(first), 1, -1), last, atol=1e-3)


@pytest.mark.parametrize("name", NOTHING)
def test_a_factor_of_zero_changes_nothing(name):
    layer = getattr(layers, name)(**NOTHING[name])
    np.testing.assert_allclose(layer(MANY[:3], training=True), MANY[:3], rtol=1e-5, atol=1e-3)


def test_flips_are_the_four_mirror_images():
    both = [ONE, ONE[:, ::-1], ONE[::-1], ONE[::-1, ::-1]]
    modes = {"horizontal": both[:2], "vertical": both[::2], "horizontal_and_vertical": both}
    for mode, expected in modes.items():
        results = np.asarray(layers.RandomFlip(mode, seed=0)(MANY, training=True))
        counts = [
            sum(np.array_equal(result, picture) for result in results) for picture in expected
        ]
        assert sum(counts) == len(MANY)
        # Each is as likely as another: at most 4 deviations of a binomial count from the mean.
        share = 1 / len(expected)
        assert all(abs(c - 40 * share) < 4 * (40 * share * (1 - share)) ** 0.5 for c in counts)


@pytest.mark.parametrize(
    ("layer", "lowest", "highest"),
    [
        (layers.RandomRotation(0.25, seed=1), -np.pi / 2, np.pi / 2),
        (layers.RandomRotation((0.1, 0.2), seed=1), 0.2 * np.pi, 0.4 * np.pi),
        (layers.RandomZoom((-0.3, -0.1), seed=1), 0.7, 0.9),
        (layers.RandomZoom(0.5, 0.25, seed=1), (0.5, 0.75), (1.5, 1.25)),
        (layers.RandomTranslation(0.5, (0.0, 0.25), seed=1), (-3, 0), (3, 2)),
        (layers.RandomContrast(0.4, seed=1), 0.6, 1.4),
        (layers.RandomContrast((0.5, 0.1), seed=1), 0.5, 1.1),
        (layers.RandomBrightness((-0.5, 0.1), (0, 200), seed=1), -100, 20),
        (layers.RandomHue(0.6, seed=1), -0.3, 0.3),
    ],
)
def test_numbers_are_drawn_evenly_from_the_range(layer, lowest, highest):
    drawn = layer._drawn((2000, *SIZE))
    pair = drawn if isinstance(drawn, tuple) else (drawn,)
    for numbers, low, high in zip(
        pair, *(np.broadcast_to(x, len(pair)) for x in (lowest, highest))
    ):
        position = (np.asarray(numbers) - low) / (high - low)
        assert position.min() >= -1e-6 and position.max() <= 1 + 1e-6
        # The mean and the deviation of 2000 even numbers, to more than 4 deviations.
        assert abs(position.mean() - 0.5) < 0.03 and abs(position.std() - 12**-0.5) < 0.02


def test_a_crop_is_a_part_at_one_place_for_the_batch():
    layer = layers.RandomCrop(3, 5, seed=1)
    places = set()
    for _ in range(8):
        cropped = np.asarray(layer(MANY[:2], training=True))
        (found,) = [
            (top, left)
            for top in range(4)
            for left in range(4)
            if np.array_equal(cropped[0], ONE[top : top + 3, left : left + 5])
        ]
        np.testing.assert_array_equal(cropped[0], cropped[1])
        places.add(found)
    assert len(places) > 3

    # Otherwise the middle, with the proportions and then the size that are wanted.
    middle = layers.Resizing(3, 3, crop_to_aspect_ratio=True)(MANY[:1])
    np.testing.assert_array_equal(layers.RandomCrop(3, 3)(MANY[:1], training=False), middle)
    large = layers.RandomCrop(9, 9)(MANY[:1], training=True)
    np.testing.assert_array_equal(large, layers.Resizing(9, 9, crop_to_aspect_ratio=True)(MANY[:1]))


def test_contrast_keeps_the_mean_and_brightness_the_differences():
    inner = MANY[:4] / 4 + 100
    contrast = np.asarray(layers.RandomContrast((0.5, 0.5))(inner, training=True))
    np.testing.assert_allclose(contrast.mean((1, 2)), inner.mean((1, 2)), rtol=1e-5)
    brightness = np.asarray(layers.RandomBrightness(0.1)(inner, training=True))
    shift = brightness - np.asarray(inner)
    np.testing.assert_allclose(shift, np.broadcast_to(shift[:, :1, :1, :1], shift.shape), atol=1e-4)
    bright = np.asarray(layers.RandomBrightness((1, 1))(MANY[:1].astype("uint8"), training=True))
    assert bright.dtype == "float32" and (bright == 255).all()


def test_erasing_covers_a_rectangle():
    layer = layers.RandomErasing((1, 1), (0.1, 0.5), fill_value=-1, value_range=(-1, 255), seed=1)
    for mask in np.asarray(layer(MANY, training=True))[..., 0] == -1:
        rows, columns = mask.any(1), mask.any(0)
        np.testing.assert_array_equal(mask, np.outer(rows, columns))
        # As large as it should be, but for the pixels at its edges.
        for side, length in ((rows.sum(), 6), (columns.sum(), 8)):
            assert 0.1**0.5 * length - 1 <= side <= 0.5**0.5 * length + 1
    noise = np.asarray(layers.RandomErasing((1, 1), seed=1)(MANY, training=True))
    assert noise.min() >= 0 and noise.max() <= 255 and (noise != MANY).any()


def test_some_pictures_are_inverted_and_some_gray():
    for layer, other in (
        (layers.RandomInvert((0.5, 0.5), seed=1), 255 - ONE),
        (layers.RandomGrayscale(0.5, seed=1), layers.RandomGrayscale(1.0)(ONE, training=True)),
    ):
        results = np.asarray(layer(MANY, training=True))
        counts = [
            sum(np.allclose(result, picture, atol=1e-3) for result in results)
            for picture in (ONE, other)
        ]
        assert sum(counts) == 40 and min(counts) > 7


def test_one_picture_and_a_dict_of_pictures():
    layer = layers.RandomFlip("horizontal", seed=1)
    assert layer(ONE, training=True).shape == SIZE
    labels = np.arange(40)
    result = layer({"images": MANY, "labels": labels}, training=True)
    assert result["images"].shape == MANY.shape
    np.testing.assert_array_equal(result["labels"], labels)
    with pytest.raises(NotImplementedError, match=r"random_flip.*'masks'"):
        layer({"images": MANY, "masks": MANY})


def test_a_model_augments_in_training_only():
    inputs = layers.Input(SIZE)
    x = layers.Rescaling(1 / 255)(inputs)
    for name in ("RandomFlip", "RandomRotation"):
        x = getattr(layers, name)(**CHANGES[name])(x)
    x = layers.RandomCrop(4, 4)(x)
    outputs = layers.Dense(1)(layers.Flatten()(x))
    model = gyeol.Model(inputs, outputs)
    model.compile("sgd", "mse")
    before = model.predict(np.asarray(MANY), verbose=0)
    np.testing.assert_array_equal(before, np.broadcast_to(before[:1], before.shape))
    history = model.fit(np.asarray(MANY), np.ones(40), epochs=2, batch_size=16, verbose=0)
    assert np.isfinite(history.history["loss"]).all()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: layers.RandomRotation(2.0), ["RandomRotation", "factor", "-1", "2.0"]),
        (lambda: layers.RandomZoom((0.1, 0.2, 0.3)), ["height_factor", "two"]),
        (lambda: layers.RandomContrast((-0.5, 0.2)), ["RandomContrast", "from 0 to 1"]),
        (lambda: layers.RandomFlip("sideways"), ["'horizontal'", "'sideways'"]),
        (lambda: layers.RandomZoom(0.1, fill_mode="mirror"), ["fill_mode", "'reflect'"]),
        (lambda: layers.RandomTranslation(0.1, 0.1, interpolation="cubic"), ["'bilinear'"]),
        (lambda: layers.Resizing(0, 3), ["height", "0"]),
        (lambda: layers.Resizing(3, 3, interpolation="area")(MANY), ["interpolation", "'area'"]),
        (lambda: layers.RandomFlip()(MANY[0, 0]), ["random_flip", "(8, 3)", "(height, width"]),
    ],
)
def test_messages(make, words):
    with pytest.raises(ValueError) as error:
        make()
    assert not [word for word in words if word not in str(error.value)], str(error.value)
