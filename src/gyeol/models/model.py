"""`Model`: a layer that can be compiled, trained, judged, asked, saved and shown."""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax

from gyeol.layers.base import Layer
from gyeol.serialization import (
    custom_object_scope,
    deserialize,
    exported,
    serialize,
    serialize_shared,
)
from gyeol.symbolic import symbolic_leaves
from gyeol.text import tr


@exported("keras.models")
@exported("keras")
class Model(Layer):
    """A network: from symbolic inputs to outputs, or a subclass with layers and a `call`.

    Args:
        inputs: a symbolic tensor from `Input`, or a list or dict of them.
        outputs: what layers gave for them.
        name: a name.

    >>> from gyeol.layers import Dense, Input
    >>> x = Input(shape=(4,))
    >>> Model(x, Dense(2)(x)).count_params()
    10
    """

    def __new__(cls, *args: Any, **kwargs: Any) -> "Model":
        if cls is Model and (symbolic_leaves((args, kwargs))):
            from gyeol.models.functional import Functional

            return Layer.__new__(Functional, *args, **kwargs)
        return super().__new__(cls, *args, **kwargs)

    def __init__(self, *args: Any, **kwargs: Any):
        if symbolic_leaves((args, kwargs)):
            # A subclass that hands a graph on: from here on it is a functional model as well.
            from gyeol.models.functional import Functional, with_graph

            self.__class__ = with_graph(type(self))
            Functional.__init__(self, *args, **kwargs)
            return
        if args:
            raise TypeError(
                tr(
                    "Model takes symbolic inputs and outputs: Model(inputs, outputs), with inputs "
                    "made by Input(shape=...); got {given}.",
                    given=", ".join(type(arg).__name__ for arg in args),
                )
            )
        super().__init__(**kwargs)
        self.optimizer: Any = None
        self.history: Any = None
        self.stop_training = False
        self._objective: Any = None
        # What training changes, and all variables that there were when that was settled.
        self._trained: list | None = None
        self._variables_then: list = []
        self._programs: dict = {}
        # What was found out about it (see `training.program.known`).
        self._known: tuple | None = None
        # Where the `fit` in progress is.
        self._run: Any = None
        self._epochs_done = 0
        self._said_continuing = False

    _compiles_calls = True

    def _called_compiled(self, args: tuple, kwargs: dict[str, Any]) -> Any:
        from gyeol.training import forward

        return forward.called(self, args, kwargs)

    # Structure -----------------------------------------------------------------------------

    @property
    def layers(self) -> list[Layer]:
        """The layers that the model holds directly."""
        return self._children()

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """A layer by its name or its place.

        Raises:
            ValueError: neither or both are given, or there is no such layer.
        """
        if (name is None) == (index is None):
            raise ValueError("get_layer takes a name or an index.")
        if index is not None:
            if not -len(self.layers) <= index < len(self.layers):
                raise ValueError(f"The model has {len(self.layers)} layers; there is no {index}.")
            return self.layers[index]
        for layer in self.layers:
            if layer.name == name:
                return layer
        names = ", ".join(layer.name for layer in self.layers)
        raise ValueError(
            tr("There is no layer {name!r}. There are: {names}.", name=name, names=names)
        )

    def build(self, input_shape: Any = None) -> None:
        """Build the layers of a subclassed model by running its `call` on that shape."""
        if input_shape is not None and not self.built:
            self._build_by_call(input_shape)
        self.built = True

    def _build_by_call(self, input_shape: Any) -> None:
        from gyeol.symbolic import KerasTensor

        def tensor(shape: Any) -> KerasTensor:
            return KerasTensor(shape, self.compute_dtype)

        def is_shape(value: Any) -> bool:
            return isinstance(value, (tuple, list)) and all(
                size is None or isinstance(size, int) for size in value
            )

        self.compute_output_spec(jax.tree.map(tensor, input_shape, is_leaf=is_shape))

    def summary(
        self,
        line_length: int | None = None,
        positions: Sequence[float] | None = None,
        print_fn: Callable[[str], Any] | None = None,
        expand_nested: bool = False,
        show_trainable: bool = False,
        layer_range: Sequence[str] | None = None,
    ) -> None:
        """Print the layers, their output shapes and their numbers of parameters, as Keras does.

        Args:
            line_length: the width; that of the terminal, up to Keras's, by default.
            positions: where the columns end, as shares of the width.
            print_fn: what prints; it is given the whole text.
            expand_nested: whether layers within layers are listed.
            show_trainable: whether a column says what is trained.
            layer_range: names (or patterns) of the first and last layer to list.
        """
        from gyeol.models.summary import print_summary

        print_summary(
            self, line_length, positions, print_fn, expand_nested, show_trainable, layer_range
        )

    # Training ------------------------------------------------------------------------------

    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        loss_weights: Any = None,
        metrics: Any = None,
        weighted_metrics: Any = None,
        run_eagerly: bool = False,
        steps_per_execution: int | str = 1,
        jit_compile: bool | str = "auto",
        auto_scale_loss: bool = True,
    ) -> None:
        """Say how the model is trained and judged.

        Args:
            optimizer: an optimizer or its name.
            loss: a loss, its name, or a function of (y_true, y_pred); with several outputs a list
                or a dict of them by output name.
            loss_weights: factors of the losses, with several outputs.
            metrics: a metric, its name, a function, or a list of such; with several outputs a list
                or dict of those.
            weighted_metrics: the same, for metrics that heed sample weights.
            run_eagerly, steps_per_execution, jit_compile: taken for Keras's sake; training always
                runs compiled, many steps at a time.
            auto_scale_loss: whether a model of the dtype policy 'mixed_float16' gets a
                `LossScaleOptimizer` around its optimizer.

        Raises:
            ValueError: a name that is not known.
            NotImplementedError: a subclass with a training step of its own.
        """
        from gyeol import optimizers
        from gyeol.training.objective import Objective

        for name in ("train_step", "test_step", "predict_step", "make_train_function"):
            if hasattr(type(self), name):
                raise NotImplementedError(
                    tr(
                        "{model} has a {name}() of its own, and gyeol compiles the training step "
                        "itself. Override compute_loss() for a loss of your own; "
                        "see docs/compatibility.md.",
                        model=type(self).__name__,
                        name=name,
                    )
                )
        objective = Objective(loss, loss_weights, metrics, weighted_metrics)
        objective.own_metrics = self._own_metrics()
        if optimizer is None:
            raise ValueError(
                tr("compile(optimizer=None): a model needs an optimizer, such as 'adam' or 'sgd'.")
            )
        self.optimizer = optimizers.get(optimizer)
        if (
            auto_scale_loss
            and self.dtype_policy.name == "mixed_float16"
            and not isinstance(self.optimizer, optimizers.LossScaleOptimizer)
        ):
            self.optimizer = optimizers.LossScaleOptimizer(
                self.optimizer, name="loss_scale_optimizer"
            )
        self._objective = objective
        self._trained = None
        if self.built:
            self._settle_trained()
        self._programs = {}
        self.stop_training = False

    def _settle_trained(self) -> None:
        """Settle what training changes, at `compile` or when the model has its variables.

        Layers that are added or taken away before the optimizer has begun count, as in Keras.
        """
        if self._trained is None or (not self.optimizer.built and self._has_other_variables()):
            self._variables_then = self.variables
            self._trained = self.trainable_variables

    def _take_flags(self, config: Mapping[str, Any]) -> None:
        """Be trainable or not as a config says, which says it of each layer too."""
        for layer in self._children():
            layer._trainable = layer.trainable
        self._trainable = config.get("trainable", True)

    def _has_other_variables(self) -> bool:
        """Whether the variables are not those of the time when `compile` took effect."""
        return {id(v) for v in self.variables} != {id(v) for v in self._variables_then}

    def _require_same_layers(self) -> None:
        """Raise if layers were added, taken away or replaced since the optimizer began."""
        if self._has_other_variables():
            raise ValueError(
                tr(
                    "Layers of {name!r} were added, taken away or replaced since it was trained; "
                    "its optimizer has states of the layers before. Call compile() again, with a "
                    "new optimizer.",
                    name=self.name,
                )
            )

    @property
    def compiled(self) -> bool:
        """Whether `compile` was called."""
        return self._objective is not None

    @property
    def loss(self) -> Any:
        """The loss as it was given to `compile`."""
        return self._objective.loss if self._objective else None

    @property
    def metrics(self) -> list[Any]:
        """The metric objects: the loss's mean first, then those of `compile`, then the model's own.

        Its own are `Metric` objects that the model or a layer has as attributes.
        """
        return self._objective.metrics if self._objective else self._own_metrics()

    def _own_metrics(self) -> list[Any]:
        from gyeol.metrics import Metric

        layers = self._flatten_layers()
        values = [value for layer in layers for value in vars(layer).values()]
        found = [value for value in values if isinstance(value, Metric)]
        return list({id(metric): metric for metric in found}.values())

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """The loss of a batch: that of `compile`, and what layers and regularizers add.

        Override it for a loss of one's own. It runs inside the compiled program.

        Args:
            x, y, sample_weight: the batch.
            y_pred: the model's outputs for it.
            training: whether the model is trained on it.

        Returns:
            A scalar.
        """
        total = sum(self.losses)
        if self._objective is not None and self._objective.losses and y is not None:
            total = total + self._objective.compute(y, y_pred, sample_weight, None, None)[0]
        return total

    def get_metrics_result(self) -> dict[str, Any]:
        """The present values of the metrics, by name."""
        return self._objective.results() if self._objective else {}

    @property
    def metrics_names(self) -> list[str]:
        return [metric.name for metric in self.metrics]

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: int | str = "auto",
        callbacks: Sequence[Any] | None = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        class_weight: Mapping[int, float] | None = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: int | Sequence[int] = 1,
    ) -> Any:
        """Train the model.

        Args:
            x: the inputs: an array, a list or dict of arrays, or any iterable of batches
                ``x``, ``(x, y)`` or ``(x, y, sample_weight)``. Of an array of more than a gigabyte
                that is on a disk (`np.memmap`, h5py, zarr) a few batches at a time are in memory.
            y: the targets, with arrays.
            batch_size: rows a step, 32 by default.
            epochs: the epoch at which to stop; one epoch sees every row once.
            verbose: 0 for silence, 1 for a progress bar, 2 for a line an epoch; 'auto' is 1.
            callbacks: `gyeol.callbacks.Callback` objects.
            validation_split: the share of the rows, taken from the end before any shuffle, that is
                held out for validation.
            validation_data: ``(x, y)``, ``(x, y, sample_weight)`` or an iterable of batches.
            shuffle: whether the rows are put in a new order each epoch (arrays only).
            class_weight: a weight for the samples of each class, by label.
            sample_weight: a weight for each sample.
            initial_epoch: the epoch to begin at.
            steps_per_epoch: steps that count as an epoch; all batches by default.
            validation_steps: batches of the validation data to use; all by default.
            validation_batch_size: rows a validation step; `batch_size` by default.
            validation_freq: how often to validate: every so many epochs, or at the epochs listed.

        Returns:
            A `History`, whose `history` holds a list for each logged name, and whose `findings` are
            the mistakes that the doctor sees in it; the grave ones are said on standard error (see
            `gyeol.config.set_doctor`).

        Raises:
            ValueError: data that cannot be trained on. The model is as it was before.
        """
        from gyeol.doctor.attendance import attend
        from gyeol.training import loop

        doctor = attend(self)
        history = loop.fit(
            self,
            x,
            y,
            batch_size=batch_size,
            epochs=epochs,
            verbose=verbose,
            callbacks=callbacks,
            validation_split=validation_split,
            validation_data=validation_data,
            shuffle=shuffle,
            class_weight=class_weight,
            sample_weight=sample_weight,
            initial_epoch=initial_epoch,
            steps_per_epoch=steps_per_epoch,
            validation_steps=validation_steps,
            validation_batch_size=validation_batch_size,
            validation_freq=validation_freq,
            doctor=doctor,
        )
        history.findings = [] if doctor is None else doctor.findings
        return history

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: int | str = "auto",
        sample_weight: Any = None,
        steps: int | None = None,
        callbacks: Sequence[Any] | None = None,
        return_dict: bool = False,
        **kwargs: Any,
    ) -> Any:
        """The loss and the metrics on data.

        Args:
            x, y, batch_size, verbose, sample_weight, callbacks: as for `fit`.
            steps: batches to use; all by default.
            return_dict: whether to return a dict by name.

        Returns:
            The loss, or a list of the loss and the metrics, or the dict.
        """
        from gyeol.doctor.attendance import used
        from gyeol.training import loop

        if kwargs:
            raise TypeError(f"evaluate has no argument {', '.join(map(repr, kwargs))}.")
        logs = loop.evaluate(self, x, y, batch_size, verbose, sample_weight, steps, callbacks)
        used(self, x, "evaluate", logs)
        return loop.returned(logs, return_dict)

    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: int | str = "auto",
        steps: int | None = None,
        callbacks: Sequence[Any] | None = None,
    ) -> Any:
        """The model's outputs for data.

        Args:
            x: the inputs, with a batch axis; as for `fit`.
            batch_size: rows at a time, 32 by default.
            verbose: 0 for silence, 1 for a progress bar.
            steps: batches to use; all by default.
            callbacks: `gyeol.callbacks.Callback` objects.

        Returns:
            NumPy arrays in the structure of the outputs.
        """
        from gyeol.training import loop

        found = loop.predict(self, x, batch_size, verbose, steps, callbacks)
        if getattr(x, "shape", ())[:1] > (1,):  # a row says little, and is asked for in a hurry
            from gyeol.doctor.attendance import used

            used(self, x, "predict")
        return found

    def train_on_batch(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        class_weight: Mapping[int, float] | None = None,
        return_dict: bool = False,
    ) -> Any:
        """One training step on one batch.

        Returns:
            The loss and metrics of the batch: a number, a list, or a dict.
        """
        from gyeol.training import loop

        return loop.train_on_batch(self, x, y, sample_weight, class_weight, return_dict)

    def test_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False
    ) -> Any:
        """The loss and metrics on one batch."""
        from gyeol.training import loop

        return loop.test_on_batch(self, x, y, sample_weight, return_dict)

    def predict_on_batch(self, x: Any) -> Any:
        """The outputs for one batch, as NumPy arrays."""
        from gyeol.training import loop

        return loop.predict_on_batch(self, x)

    def reset_metrics(self) -> None:
        """Let metrics begin anew."""
        for metric in self.metrics:
            metric.reset_state()

    # Files ---------------------------------------------------------------------------------

    def save(
        self,
        filepath: str | os.PathLike,
        overwrite: bool = True,
        zipped: bool | None = None,
        **kwargs: Any,
    ) -> None:
        """Write the model, its weights and its optimizer, whole or not at all.

        Args:
            filepath: where to: a '.keras' file, a legacy '.h5' file, or, for a name without an
                ending, a folder with what a '.keras' file holds.
            overwrite: whether what exists is replaced.
            zipped: False for a folder, whatever its name.
            **kwargs: of Keras 2: `include_optimizer` and `save_format`.
        """
        from gyeol import saving

        saving.save_model(self, filepath, overwrite=overwrite, zipped=zipped, **kwargs)

    def save_weights(
        self,
        filepath: str | os.PathLike,
        overwrite: bool = True,
        max_shard_size: float | None = None,
        **kwargs: Any,
    ) -> None:
        """Write the weights to a file that ends in '.weights.h5', or in '.h5' as Keras 2 did."""
        from gyeol import saving

        saving.save_weights(self, filepath, overwrite, max_shard_size, **kwargs)

    def load_weights(
        self, filepath: str | os.PathLike, skip_mismatch: bool = False, **kwargs: Any
    ) -> None:
        """Read the weights from a '.weights.h5' or '.keras' file, or from a legacy '.h5' file.

        Args:
            filepath: the file.
            skip_mismatch: whether layers that do not fit are passed over.
            **kwargs: `by_name`, for legacy files: whether layers are matched by their names.
        """
        from gyeol import saving

        saving.load_weights(self, filepath, skip_mismatch=skip_mismatch, **kwargs)

    def export(
        self,
        filepath: str | os.PathLike,
        format: str = "tf_saved_model",
        verbose: bool | None = None,
        input_signature: Any = None,
        **kwargs: Any,
    ) -> None:
        """Write the model's inference to a file for other programs to run.

        Args:
            filepath: the file.
            format: 'onnx', the one format that gyeol writes.
            verbose: whether to say where the file is.
            input_signature: the shape and dtype of each input: an `InputSpec`, an array or a
                symbolic tensor, in the structure of the inputs; those of the model by default.
            **kwargs: `opset_version`, an int.

        Raises:
            NotImplementedError: another format, or a model with an operation that has no
                translation.
            ImportError: the package onnx is missing.
        """
        from gyeol import saving

        saving.export(self, filepath, format, verbose, input_signature, **kwargs)

    def to_json(self, **kwargs: Any) -> str:
        """The model's structure, without its weights, as JSON for `gyeol.models.model_from_json`.

        Args:
            **kwargs: of `json.dumps`.
        """
        return json.dumps(serialize_shared(self), **kwargs)

    def get_compile_config(self) -> dict[str, Any]:
        """The arguments of `compile`, as JSON holds them; empty without it."""
        if self._objective is None:
            return {}
        given = self._objective
        return {
            "optimizer": serialize(self.optimizer),
            "loss": serialize(given.loss),
            "loss_weights": serialize(given.loss_weights),
            "metrics": serialize(_listed(given.given_metrics)),
            "weighted_metrics": serialize(_listed(given.given_weighted_metrics)),
            "run_eagerly": False,
            "steps_per_execution": 1,
            "jit_compile": True,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> "Model":
        """A model from what `get_config` gave: of a graph, or of the arguments of a subclass."""
        from gyeol.models.functional import Functional

        with custom_object_scope(custom_objects or {}):
            if cls is Model and {"layers", "input_layers", "output_layers"} <= set(config):
                return Functional.from_config(config)
            return super().from_config(config)

    def __reduce__(self) -> tuple:
        make, parts = super().__reduce__()
        places = {id(v): place for place, v in enumerate(self.variables)}

        def places_of(variables: list | None) -> list[int | None] | None:
            return None if variables is None else [places.get(id(v)) for v in variables]

        state, optimizer = None, self.optimizer
        if optimizer is not None and optimizer.built:
            slots = [v.numpy() for v in optimizer.variables]
            state = places_of(self._trained), places_of(optimizer._trainable_variables), slots
        return _made_anew, (make, parts, state)

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Compile as a config says.

        A class with a `compile` of its own is left as it is: only it knows what to pass.
        """
        if type(self).compile is not Model.compile:
            return
        known = ("optimizer", "loss", "loss_weights", "metrics", "weighted_metrics")
        self.compile(**{name: deserialize(config[name]) for name in known if name in config})
        if self.built:
            self.optimizer.build(self.trainable_variables)


def _made_anew(make: Callable, parts: tuple, state: tuple | None) -> Model:
    """The model that `Model.__reduce__` described, with its optimizer as far as it was.

    An optimizer of layers that the model has no more begins anew.
    """
    model = make(*parts)
    if state is None or not model.compiled:
        return model
    trained, known, slots = state
    if None in (*trained, *known):
        return model
    variables = model.variables
    model.optimizer = type(model.optimizer).from_config(model.optimizer.get_config())
    model.optimizer.build([variables[place] for place in known])
    model.optimizer.set_weights(slots)
    model._trained = [variables[place] for place in trained]
    return model


def _listed(metrics: Any) -> Any:
    """One metric as a list of it: Keras takes no other form."""
    return metrics if metrics is None or isinstance(metrics, (list, tuple, Mapping)) else [metrics]
