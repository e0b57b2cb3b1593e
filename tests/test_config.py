"""gyeol.config, gyeol.backend, and the small names beside them."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import gyeol
from gyeol import backend, config


@pytest.fixture(autouse=True)
def settings_put_back():
    before = {name: value for name, value in vars(config).items() if name.startswith("_")}
    yield
    vars(config).update(before)


def fitted(**kwargs):
    x = np.random.default_rng(0).normal(size=(40, 3)).astype("float32")
    model = gyeol.Sequential([gyeol.layers.Dense(1)])
    model.compile("sgd", "mse")
    return model, model.fit(x, x[:, :1], batch_size=8, **kwargs), x


def test_interactive_logging_governs_what_auto_shows(capsys):
    assert config.is_interactive_logging_enabled()
    config.disable_interactive_logging()
    fitted(epochs=1)
    lines = capsys.readouterr().out
    assert "5/5 - " in lines and "━" not in lines
    config.enable_interactive_logging()
    fitted(epochs=1)
    assert "5/5 ━" in capsys.readouterr().out


def test_epochs_and_steps_are_bounded():
    config.set_max_epochs(2)
    config.set_max_steps_per_epoch(3)
    assert (config.max_epochs(), config.max_steps_per_epoch()) == (2, 3)
    model, history, x = fitted(epochs=5, verbose=0)
    assert history.epoch == [0, 1]
    assert int(model.optimizer.iterations) == 6
    assert model.predict(x, batch_size=8, verbose=0).shape == (24, 1)
    # A bound above what there is bounds nothing.
    config.set_max_steps_per_epoch(50)
    model, history, _ = fitted(epochs=1, verbose=0)
    assert int(model.optimizer.iterations) == 5


def test_the_backend_is_jax():
    assert config.backend() == backend.backend() == "jax"
    config.set_backend("jax")
    with pytest.raises(ValueError, match="no backend 'tensorflow'"):
        config.set_backend("tensorflow")


def test_no_switch_lets_files_run_code():
    with pytest.raises(RuntimeError, match="custom_objects"):
        config.enable_unsafe_deserialization()


@pytest.mark.parametrize("name", ["traceback_filtering", "flash_attention", "interactive_logging"])
def test_switches_remember(name):
    for word, expected in (("disable", False), ("enable", True)):
        getattr(config, f"{word}_{name}")()
        assert getattr(config, f"is_{name}_enabled")() is expected
    assert not config.is_nnx_enabled()


def test_a_device_is_where_arrays_are_made():
    with gyeol.device("cpu:0"):
        assert jnp.ones(2).devices() == {jax.devices("cpu")[0]}
    for name in ("gpu:9", "cpu:99", "drum"):
        with pytest.raises(ValueError, match="there are 'cpu:0'"):
            gyeol.device(name)


def test_a_name_scope_names_what_is_computed():
    def program(x):
        with gyeol.name_scope("my_scope"):
            return x + 1

    assert "my_scope" in jax.jit(program).lower(1.0).as_text(debug_info=True)
    with pytest.raises(ValueError, match="without '/'"):
        gyeol.name_scope("a/b")


def test_remat_computes_the_same_gradient_with_less_kept():
    def deep(x):
        return jnp.sum(jnp.sin(jnp.sin(x)))

    x = jnp.arange(3.0)
    gradient = jax.grad(gyeol.remat(deep))
    np.testing.assert_allclose(gradient(x), jax.grad(deep)(x), rtol=1e-6)
    assert "remat" in str(jax.make_jaxpr(gradient)(x))


def test_the_version_is_gyeol_s_own():
    assert gyeol.version() == gyeol.__version__
