"""`TensorBoard`."""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from gyeol import config
from gyeol.callbacks.callback import Callback
from gyeol.callbacks.event_files import EventFile, graph_node
from gyeol.files import make_folder, write_whole
from gyeol.models.graph import graph_of
from gyeol.serialization import exported, serialize
from gyeol.text import tr, warn


@exported("keras.callbacks")
class TensorBoard(Callback):
    """Writes logs that ``tensorboard --logdir logs`` shows; TensorFlow is not needed.

    The runs are 'train' and 'validation' below `log_dir`, with Keras's names: 'epoch_loss' and the
    like for every epoch, 'epoch_learning_rate', 'batch_loss' and the like with `update_freq`, and
    'evaluation_loss_vs_iterations' for each evaluation.

    Args:
        log_dir: the folder; a new one for each training keeps the curves apart.
        histogram_freq: write the distribution of each weight every so many epochs; 0 for never.
        write_graph: whether to write the model's graph.
        write_images: whether to write weights as pictures too, along with the histograms.
        write_steps_per_second: whether to write how many steps a second were taken.
        update_freq: 'epoch'; or 'batch', or a number of batches, after which to write the metrics
            of the epoch so far. Training then stops after every step.
        profile_batch: must be 0; ``jax.profiler.trace`` profiles.
        embeddings_freq: write the tables of `Embedding` layers every so many epochs, for the
            Projector tab; 0 for never.
        embeddings_metadata: a file with a label for each row of the tables; or a dict of such by
            layer name.
    """

    def __init__(
        self,
        log_dir: str | os.PathLike = "logs",
        histogram_freq: int = 0,
        write_graph: bool = True,
        write_images: bool = False,
        write_steps_per_second: bool = False,
        update_freq: str | int = "epoch",
        profile_batch: int | str | tuple[int, int] = 0,
        embeddings_freq: int = 0,
        embeddings_metadata: str | dict[str, str] | None = None,
    ):
        if not (isinstance(update_freq, int) and update_freq > 0) and update_freq not in (
            "epoch",
            "batch",
        ):
            raise ValueError(
                tr(
                    "update_freq is 'epoch', 'batch' or a number of batches; got {given!r}.",
                    given=update_freq,
                )
            )
        if profile_batch not in (0, "0", None):
            warn(
                tr(
                    "TensorBoard(profile_batch=...) writes no profile. Train within "
                    "jax.profiler.trace({folder!r}) instead.",
                    folder=os.fspath(log_dir),
                )
            )
        self.log_dir = os.fspath(log_dir)
        self.histogram_freq = histogram_freq
        self.write_graph = write_graph
        self.write_images = write_images
        self.write_steps_per_second = write_steps_per_second
        self.update_freq = 1 if update_freq == "batch" else update_freq
        self.embeddings_freq = embeddings_freq
        self.embeddings_metadata = embeddings_metadata
        self._files: dict[str, EventFile] = {}
        self._batches = 0
        self._begun = (0.0, 0)

    def set_model(self, model: Any) -> None:
        self.model = model
        self._files = {}

    def _file(self, run: str) -> EventFile:
        if run not in self._files:
            self._files[run] = EventFile(Path(self.log_dir) / run)
        return self._files[run]

    def _flush(self) -> None:
        for file in self._files.values():
            file.flush()

    def on_train_begin(self, logs: dict | None = None) -> None:
        self._batches = 0
        if self.write_graph and graph_of(self.model) is not None:
            self._file("train").keras_model("keras", _model_json(self.model))
            self._file("train").graph(graph_nodes(self.model))
        if self.embeddings_freq:
            self._describe_embeddings()
        self._flush()

    def on_train_end(self, logs: dict | None = None) -> None:
        self._flush()

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self._begun = time.perf_counter(), int(self.model.optimizer.iterations)

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        self._batches += 1
        if self._batches % self.update_freq:
            return
        for name, value in (logs or {}).items():
            self._file("train").scalar(f"batch_{name}", value, self._batches)
        if self.write_steps_per_second:
            self._file("train").scalar("batch_steps_per_second", self._speed(), self._batches)

    on_train_batch_end.wanted_by = lambda self: self.update_freq != "epoch"

    def on_test_end(self, logs: dict | None = None) -> None:
        step = int(self.model.optimizer.iterations)
        for name, value in (logs or {}).items():
            self._file("validation").scalar(f"evaluation_{name}_vs_iterations", value, step)
        self._flush()

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        train = self._file("train")
        for name, value in (logs or {}).items():
            if name.startswith("val_"):
                self._file("validation").scalar(f"epoch_{name[4:]}", value, epoch)
            else:
                train.scalar(f"epoch_{name}", value, epoch)
        train.scalar("epoch_learning_rate", float(self.model.optimizer.learning_rate), epoch)
        if self.write_steps_per_second:
            train.scalar("epoch_steps_per_second", self._speed(), epoch)
        if self.histogram_freq and epoch % self.histogram_freq == 0:
            self._write_weights(epoch)
        if self.embeddings_freq and epoch % self.embeddings_freq == 0:
            self._write_embeddings()
        self._flush()

    def _speed(self) -> float:
        """Steps a second in this epoch so far."""
        begun, steps = self._begun
        taken = int(self.model.optimizer.iterations) - steps
        return taken / max(time.perf_counter() - begun, 1e-9)

    def _write_weights(self, epoch: int) -> None:
        train = self._file("train")
        for layer in self.model.layers:
            for weight in layer.variables:
                value = np.asarray(weight.value, "float32")
                train.histogram(f"{weight.path}/histogram", value, epoch)
                images = _as_images(value) if self.write_images else None
                if images is not None:
                    train.images(f"{weight.path}/image", images, epoch)

    # The Projector tab reads tables from text files.

    def _embeddings(self) -> dict[str, Any]:
        layers = self.model._flatten_layers()
        return {la.name: la.variables[0] for la in layers if type(la).__name__ == "Embedding"}

    def _describe_embeddings(self) -> None:
        tables, given = self._embeddings(), self.embeddings_metadata
        unknown = set(given) - set(tables) if isinstance(given, dict) else set()
        if unknown:
            raise ValueError(
                tr(
                    "embeddings_metadata names {names}; the model's Embedding layers are {known}.",
                    names=", ".join(sorted(unknown)),
                    known=", ".join(tables) or "none",
                )
            )
        text = ""
        for name in tables:
            labels = given.get(name) if isinstance(given, dict) else given
            lines = [("tensor_name", name), ("tensor_path", f"{name}.tsv")]
            lines += [("metadata_path", os.fspath(labels))] if labels else []
            body = "".join(f"  {key}: {json.dumps(value)}\n" for key, value in lines)
            text += f"embeddings {{\n{body}}}\n"
        make_folder(self.log_dir)
        with write_whole(Path(self.log_dir, "projector_config.pbtxt")) as file:
            file.write(text.encode("utf-8"))

    def _write_embeddings(self) -> None:
        for name, table in self._embeddings().items():
            with write_whole(Path(self.log_dir, f"{name}.tsv")) as file:
                np.savetxt(file, np.asarray(table.value), delimiter="\t")


def _model_json(model: Any) -> str:
    described = serialize(model)
    about = {"class_name": described["class_name"], "config": described["config"]}
    return json.dumps({**about, "backend": "jax"})


def _as_images(weight: np.ndarray) -> np.ndarray | None:
    """A weight as pictures, laid out as Keras does it; None for one of too many axes."""
    weight = np.squeeze(weight)
    if weight.ndim == 1:
        return weight[None, :, None, None]
    if weight.ndim == 2:
        wide = weight.T if weight.shape[0] > weight.shape[1] else weight
        return wide[None, :, :, None]
    if weight.ndim == 3:
        if config.image_data_format() == "channels_last":
            weight = weight.transpose(2, 0, 1)
        return weight[..., None]
    return weight if weight.ndim == 4 and weight.shape[-1] in (1, 3, 4) else None


def graph_nodes(model: Any) -> Iterator[bytes]:
    """The calls of a functional model as nodes of a graph, those of models within it too."""
    return _nodes_within(graph_of(model), "", {}, {})


def _nodes_within(
    graph: Any, scope: str, given: dict[int, str], named: dict[int, str]
) -> Iterator[bytes]:
    """The nodes within a scope.

    Args:
        graph: the functional model.
        scope: what stands before their names.
        given: the nodes outside that feed its inputs, by the inputs' ids.
        named: the node that each tensor comes from, by the tensor's id; it is added to.
    """
    calls: dict[str, int] = {}
    for node in graph._nodes:
        name = f"{scope}{node.operation.name}"
        calls[name] = number = calls.get(name, -1) + 1
        name = f"{name}_{number}" if number else name
        inner = graph_of(node.operation)
        if inner is not None:
            fed = {id(i): named[id(t)] for i, t in zip(inner.inputs, node.input_tensors)}
            within = dict(named)
            yield from _nodes_within(inner, f"{name}/", fed, within)
            named.update(
                (id(outer), within[id(own)]) for outer, own in zip(node.outputs, inner.outputs)
            )
            continue
        sources = list(dict.fromkeys(named[id(tensor)] for tensor in node.input_tensors))
        if node.is_input and id(node.outputs[0]) in given:
            sources = [given[id(node.outputs[0])]]
        kind = type(node.operation).__name__
        yield graph_node(name, kind, sources, [tensor.shape for tensor in node.outputs])
        named.update((id(tensor), name) for tensor in node.outputs)
