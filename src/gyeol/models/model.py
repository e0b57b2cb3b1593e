"""`Model`: a layer that can be compiled, trained, judged, asked, saved and shown."""

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax

from gyeol.layers.base import Layer
from gyeol.serialization import deserialize, exported, serialize
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
        self._trained: list | None = None
        self._programs: dict = {}
        self._epochs_done = 0
        self._said_continuing = False

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
            run_eagerly, steps_per_execution, jit_compile, auto_scale_loss: taken for Keras's sake;
                training always runs compiled, many steps at a time.

        Raises:
            ValueError: a name that is not known.
        """
        from gyeol import optimizers
        from gyeol.training.objective import Objective

        objective = Objective(loss, loss_weights, metrics, weighted_metrics)
        self.optimizer = optimizers.get(optimizer)
        self._objective = objective
        self._trained = self.trainable_variables if self.built else None
        self._programs = {}
        self.stop_training = False

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
        """The metric objects: the loss's mean first, then those of `compile`."""
        return self._objective.metrics if self._objective else []

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
                ``x``, ``(x, y)`` or ``(x, y, sample_weight)``.
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
            A `History`, whose `history` holds a list for each logged name.

        Raises:
            ValueError: data that cannot be trained on. The model is as it was before.
        """
        from gyeol.training import loop

        return loop.fit(
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
        )

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
        from gyeol.training import loop

        if kwargs:
            raise TypeError(f"evaluate has no argument {', '.join(map(repr, kwargs))}.")
        return loop.evaluate(
            self, x, y, batch_size, verbose, sample_weight, steps, callbacks, return_dict
        )

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

        return loop.predict(self, x, batch_size, verbose, steps, callbacks)

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
        self, filepath: str | os.PathLike, overwrite: bool = True, zipped: bool | None = None
    ) -> None:
        """Write the model, its weights and its optimizer to a `.keras` file, whole or not at all.

        Args:
            filepath: where to; it ends in '.keras'.
            overwrite: whether an existing file is replaced.
            zipped: must not be False.
        """
        from gyeol import saving

        saving.save_model(self, filepath, overwrite=overwrite, zipped=zipped)

    def save_weights(self, filepath: str | os.PathLike, overwrite: bool = True) -> None:
        """Write the weights to a file that ends in '.weights.h5'."""
        from gyeol import saving

        saving.save_weights(self, filepath, overwrite=overwrite)

    def load_weights(self, filepath: str | os.PathLike, skip_mismatch: bool = False) -> None:
        """Read the weights from a '.weights.h5' or '.keras' file.

        Args:
            filepath: the file.
            skip_mismatch: whether layers that do not fit are passed over.
        """
        from gyeol import saving

        saving.load_weights(self, filepath, skip_mismatch=skip_mismatch)

    def get_compile_config(self) -> dict[str, Any]:
        """The arguments of `compile`, as JSON holds them; empty without it."""
        if self._objective is None:
            return {}
        given = self._objective
        return {
            "optimizer": serialize(self.optimizer),
            "loss": serialize(given.loss),
            "loss_weights": serialize(given.loss_weights),
            "metrics": serialize(given.given_metrics),
            "weighted_metrics": serialize(given.given_weighted_metrics),
            "run_eagerly": False,
            "steps_per_execution": 1,
            "jit_compile": True,
        }

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
