"""`TensorBoard`: what is written, as the real TensorBoard reads it."""

import inspect
import io
import json

import keras
import numpy as np
import pytest
from PIL import Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.compat.proto.graph_pb2 import GraphDef
from tensorboard.plugins.graph import keras_util
from tensorboard.plugins.histogram import summary_v2
from tensorboard.util import tensor_util

import gyeol
from gyeol import layers
from gyeol.callbacks import TensorBoard
from gyeol.callbacks.event_files import EventFile, _histogram


def read(folder):
    found = EventAccumulator(str(folder), size_guidance={"tensors": 0})
    found.Reload()
    return found


def series(found, tag):
    return [(e.step, float(tensor_util.make_ndarray(e.tensor_proto))) for e in found.Tensors(tag)]


def data():
    rng = np.random.default_rng(0)
    return rng.random((12, 6, 6, 1), dtype="float32"), rng.integers(0, 2, 12)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A run with everything written."""
    folder = tmp_path_factory.mktemp("logs")
    inputs = layers.Input((6, 6, 1), name="pictures")
    inner = gyeol.Sequential(
        [
            layers.Input((6, 6, 1)),
            layers.Conv2D(2, 3, name="convolution"),
            layers.Flatten(name="flat"),
        ],
        name="features",
    )
    outputs = layers.Dense(2, activation="softmax", name="classes")(inner(inputs))
    model = gyeol.Model(inputs, outputs, name="net")
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    x, y = data()
    history = model.fit(
        x,
        y,
        batch_size=4,
        epochs=3,
        validation_data=(x, y),
        verbose=0,
        callbacks=[
            TensorBoard(
                folder,
                histogram_freq=2,
                write_images=True,
                write_steps_per_second=True,
                update_freq=2,
            )
        ],
    )
    return folder, model, history.history


def test_scalars_are_the_history(trained):
    folder, _, history = trained
    train, validation = read(folder / "train"), read(folder / "validation")
    for name in ("loss", "accuracy"):
        for found, values in ((train, history[name]), (validation, history[f"val_{name}"])):
            expected = [(i, pytest.approx(value, rel=1e-6)) for i, value in enumerate(values)]
            assert series(found, f"epoch_{name}") == expected
    by_steps = [
        (3 * (i + 1), pytest.approx(v, rel=1e-6)) for i, v in enumerate(history["val_loss"])
    ]
    assert series(validation, "evaluation_loss_vs_iterations") == by_steps
    rates = series(train, "epoch_learning_rate")
    assert rates == [(i, pytest.approx(0.01)) for i in range(3)]
    assert all(speed > 0 for _, speed in series(train, "epoch_steps_per_second"))
    assert [step for step, _ in series(train, "batch_loss")] == [2, 4, 6, 8]
    content = train.SummaryMetadata("epoch_loss").plugin_data
    assert content.plugin_name == "scalars"


def test_histograms_and_images_hold_the_weights(trained):
    folder, model, _ = trained
    train = read(folder / "train")
    kernel = model.get_layer("classes").variables[0]
    events = train.Tensors(f"{kernel.path}/histogram")
    assert [event.step for event in events] == [0, 2]
    table = tensor_util.make_ndarray(events[1].tensor_proto)
    values = np.asarray(kernel.value, "float64")
    # The last histogram was written at the end, when the weights were those of the model now.
    assert table[:, 2].sum() == values.size
    np.testing.assert_allclose([table[0, 0], table[-1, 1]], [values.min(), values.max()])
    assert train.SummaryMetadata(f"{kernel.path}/histogram").plugin_data.plugin_name == "histograms"
    picture = train.Tensors(f"{kernel.path}/image")[1].tensor_proto.string_val
    assert [int(size) for size in picture[:2]] == [32, 2]
    shown = np.asarray(Image.open(io.BytesIO(picture[2])))
    expected = np.clip(np.asarray(kernel.value).T * 255.5, 0, 255).astype("uint8")
    np.testing.assert_array_equal(shown, expected)
    assert train.SummaryMetadata(f"{kernel.path}/image").plugin_data.plugin_name == "images"


def test_the_graph_is_the_model(trained):
    train = read(trained[0] / "train")
    graph = GraphDef.FromString(train._graph if isinstance(train._graph, bytes) else b"")
    nodes = {node.name: node for node in graph.node}
    assert list(nodes["classes"].input) == ["features/flat"]
    assert nodes["features/convolution"].input[0].startswith("features/input_layer")
    first = nodes[nodes["features/convolution"].input[0]]
    assert list(first.input) == ["pictures"]
    assert nodes["features/convolution"].op == "Conv2D"
    (shape,) = nodes["features/convolution"].attr["_output_shapes"].list.shape
    assert [dim.size for dim in shape.dim] == [-1, 4, 4, 2]
    event = train.Tensors("keras")[0]
    config = json.loads(event.tensor_proto.string_val[0])
    assert config["class_name"] == "Functional"
    assert config["config"]["name"] == "net"
    about = train.SummaryMetadata("keras").plugin_data
    assert (about.plugin_name, about.content) == ("graph_keras_model", b"1")
    # The Graphs tab makes its conceptual graph from this.
    conceptual = keras_util.keras_model_to_graph_def(config)
    assert any(node.name.endswith("classes") for node in conceptual.node)


@pytest.mark.parametrize("values", [np.arange(100.0), np.ones(7), np.zeros(0), [1, np.nan, 3]])
def test_histograms_are_tensorboards_own(values):
    finite = np.asarray(values)[np.isfinite(values)]
    theirs = summary_v2.histogram_pb("name", finite).value[0].tensor
    ours = _histogram(np.asarray(values))
    if len(finite):
        np.testing.assert_allclose(ours, tensor_util.make_ndarray(theirs))
    else:
        assert ours.shape == (0, 3)


def test_a_file_is_whole_after_each_epoch_and_after_a_cut(tmp_path):
    seen = []

    class Reader(gyeol.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            seen.append(len(series(read(tmp_path / "train"), "epoch_loss")))

    model = gyeol.Sequential([layers.Input((2,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    logs = TensorBoard(tmp_path, write_graph=False)
    model.fit(np.ones((4, 2)), np.ones(4), epochs=3, verbose=0, callbacks=[logs, Reader()])
    assert seen == [1, 2, 3]
    (path,) = (tmp_path / "train").iterdir()
    whole = path.read_bytes()
    path.write_bytes(whole[:-5])
    # The last record of an epoch is the learning rate; only that is lost.
    assert len(series(read(tmp_path / "train"), "epoch_loss")) == 3
    assert len(series(read(tmp_path / "train"), "epoch_learning_rate")) == 2


def test_epoch_logs_leave_the_run_in_one_piece(tmp_path):
    """Only `update_freq` makes training stop after every step."""
    from gyeol.callbacks import CallbackList

    assert not CallbackList([TensorBoard(tmp_path)]).overrides_train_batch_hooks
    assert CallbackList([TensorBoard(tmp_path, update_freq="batch")]).overrides_train_batch_hooks
    model = gyeol.Sequential([layers.Input((2,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    model.evaluate(np.ones((4, 2)), np.ones(4), verbose=0, callbacks=[TensorBoard(tmp_path)])
    assert series(read(tmp_path / "validation"), "evaluation_loss_vs_iterations")[0][0] == 0


def test_images_of_own(tmp_path):
    file = EventFile(tmp_path)
    colours = np.random.default_rng(0).random((5, 2, 3, 3))
    file.images("samples", colours, 7)
    file.flush()
    (event,) = read(tmp_path).Tensors("samples")
    assert event.step == 7
    assert len(event.tensor_proto.string_val) == 2 + 3
    assert Image.open(io.BytesIO(event.tensor_proto.string_val[2])).size == (3, 2)


def test_tables_of_embeddings_are_text_for_the_projector(tmp_path):
    model = gyeol.Sequential([layers.Input((3,)), layers.Embedding(5, 2, name="words")])
    model.compile("sgd", "mse")
    logs = TensorBoard(tmp_path, embeddings_freq=1, embeddings_metadata={"words": "labels.tsv"})
    model.fit(np.ones((4, 3), "int32"), np.ones((4, 3, 2)), verbose=0, callbacks=[logs])
    table = np.loadtxt(tmp_path / "words.tsv")
    np.testing.assert_allclose(table, model.get_weights()[0], rtol=1e-6)
    config = (tmp_path / "projector_config.pbtxt").read_text()
    assert 'tensor_path: "words.tsv"' in config
    assert 'metadata_path: "labels.tsv"' in config


def test_mistakes_are_named(tmp_path):
    with pytest.raises(ValueError, match="update_freq"):
        TensorBoard(update_freq="step")
    with pytest.warns(UserWarning, match="jax.profiler"):
        TensorBoard(profile_batch=(1, 2))
    model = gyeol.Sequential([layers.Input((2,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    logs = TensorBoard(tmp_path, embeddings_freq=1, embeddings_metadata={"words": "a.tsv"})
    with pytest.raises(ValueError, match="names words"):
        model.fit(np.ones((4, 2)), np.ones(4), verbose=0, callbacks=[logs])


@pytest.mark.parametrize("name", ["TensorBoard", "BackupAndRestore", "RemoteMonitor"])
def test_signatures_are_keras(name):
    ours, theirs = (inspect.signature(getattr(m, name)) for m in (gyeol.callbacks, keras.callbacks))
    assert [(p.name, p.default) for p in ours.parameters.values()] == [
        (p.name, p.default) for p in theirs.parameters.values()
    ]
