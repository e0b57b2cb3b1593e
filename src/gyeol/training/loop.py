"""`fit`, `evaluate`, `predict` and their kin: data in, compiled runs, callbacks, logs out."""

import json
import signal
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from numbers import Real
from typing import Any

import jax
import numpy as np

from gyeol import config, random
from gyeol.callbacks.callback_list import CallbackList, keep_positions
from gyeol.layers.base import unchanged_on_error
from gyeol.models.graph import graph_of
from gyeol.text import tr, warn
from gyeol.training import checks, fingerprint, forward, program
from gyeol.training.feed import (
    ArrayFeed,
    Part,
    StreamFeed,
    as_array,
    as_arrays,
    is_arrays,
    unpack,
)
from gyeol.training.stored import is_stored, looked_at, on_device, on_host
from gyeol.utils.threads import in_order

# How long one compiled run takes when a person watches the bar, and when nobody does. Both are far
# above Python's share of a run, some tenths of a millisecond, and short enough for Ctrl-C.
_SECONDS_WATCHED = 0.2
_SECONDS_ALONE = 1.0


@dataclass
class Run:
    """Where a `fit` is, and what it goes by; a callback may set it back to where another one was.

    Attributes:
        seed: what the order of the rows and all random numbers follow from.
        epoch: the epoch in progress, or the next one.
        epochs: where it ends.
        describe: what the training depends on, by name (see `training.fingerprint`).
        feed: the data.
        validation_feed: the validation data, if there is any.
        callbacks: all of them.
        step: how many steps of the epoch are done.
        logs: the metrics after the last run of steps, or the last validation.
        is_trained: whether the epoch has all of its steps behind it, and not yet its end.
        is_over: whether no epoch is left, whatever the numbers say.
        is_settled: whether all that is here fits together; not so within a validation.
        is_interrupted: whether the program is asked to end.
    """

    seed: int
    epoch: int
    epochs: int
    describe: Callable[[], dict[str, Any]]
    feed: ArrayFeed | StreamFeed
    validation_feed: ArrayFeed | StreamFeed | None
    callbacks: CallbackList
    step: int = 0
    logs: dict[str, float] = field(default_factory=dict)
    is_trained: bool = False
    is_over: bool = False
    is_settled: bool = True
    is_interrupted: bool = False


def fit(
    model: Any,
    x: Any,
    y: Any,
    *,
    batch_size: int | None,
    epochs: int,
    verbose: int | str,
    callbacks: Sequence[Any] | None,
    validation_split: float,
    validation_data: Any,
    shuffle: bool,
    class_weight: Mapping[int, float] | None,
    sample_weight: Any,
    initial_epoch: int,
    steps_per_epoch: int | None,
    validation_steps: int | None,
    validation_batch_size: int | None,
    validation_freq: int | Sequence[int],
    doctor: Any = None,
) -> Any:
    """Train a model; see `Model.fit`.

    `doctor`, a `gyeol.doctor.attendance.Attendance`, is shown the data, the epochs and their end.
    """
    _compiled(model)
    epochs = _at_most(_whole("epochs", epochs, 0), config.max_epochs())
    initial_epoch = _whole("initial_epoch", initial_epoch, 0)
    _optional("batch_size", batch_size)
    _optional("steps_per_epoch", steps_per_epoch)
    _optional("validation_steps", validation_steps)
    _optional("validation_batch_size", validation_batch_size)
    _frequency(validation_freq)
    checks.class_weight(model, class_weight)
    steps_at_most = _at_most(steps_per_epoch, config.max_steps_per_epoch())
    validation_steps = _at_most(validation_steps, config.max_steps_per_epoch())
    verbose = _verbosity(verbose)
    seed = random.make_default_seed()
    interrupt = _Interrupt()
    history_before = model.history
    keeps_positions = keep_positions(callbacks)
    weigh = class_weight and (lambda y, w: checks.class_weights(y, w, class_weight))

    with unchanged_on_error(model):
        if is_arrays(x):
            data = _arrays(x, y, sample_weight)
            if validation_split:
                if validation_data is not None:
                    raise ValueError(tr("Give validation_split or validation_data, not both."))
                data, validation_data = _split(data, validation_split)
            rows = min(batch_size or 32, _rows(data))
            first = data
            if class_weight and is_stored(data):
                first = on_host(jax.tree.map(lambda a: a[:rows], data))
                first = (*first[:2], weigh(first[1], first[2]))
            elif class_weight:
                data = first = (*data[:2], weigh(data[1], data[2]))
            sample = jax.tree.map(_spec_of_rows(rows), first)
        else:
            _no_arrays_beside(y, sample_weight, validation_split, batch_size)
            stream = StreamFeed(
                x,
                steps_at_most,
                check=_batch_check(model),
                weigh=weigh,
                epochs=max(epochs - initial_epoch, 1),
                heed=interrupt.raise_if_set,
                shuffle=bool(shuffle),
                seed=seed,
                keeps_positions=keeps_positions,
            )
            data = None
            first = stream.peek()
            sample = jax.tree.map(_spec, first)
        _prepare(model, sample, data if data is not None else first)
        checks.some_loss(model)
        checks.adapted(model)
        checks.still_trained(model)
        with _said_of_validation():
            validation = _validation(
                model,
                validation_data,
                validation_batch_size or batch_size,
                validation_steps,
                keeps_positions,
            )
        if data is not None:
            fill = _may_fill(model, sample, training=True)
            feed: ArrayFeed | StreamFeed = ArrayFeed(
                data,
                batch_size or 32,
                shuffle,
                fill,
                seed,
                steps_per_epoch,
                check=_batch_check(model),
                weigh=weigh if is_stored(data) else None,
            )
            feed.steps = _at_most(feed.steps, config.max_steps_per_epoch())
        else:
            feed = stream
        callback_list = CallbackList(
            callbacks,
            add_history=True,
            add_progbar=verbose != 0,
            model=model,
            verbose=verbose,
            epochs=epochs,
            steps=feed.steps,
        )
        names = model._objective.log_names()
        if validation is not None:
            names += [f"val_{name}" for name in names]
        callback_list.check_monitors(names)
        if doctor is not None:
            shown = first if data is None else data
            doctor.before(
                shown,
                validation_data,
                callbacks,
                weighted=bool(class_weight) or shown[2] is not None,
                rows=0 if data is None else _rows(data),
                batch_size=_rows(sample),
                epochs=epochs - initial_epoch,
            )
    if model._epochs_done and initial_epoch == 0 and verbose and not model._said_continuing:
        model._said_continuing = True
        print(
            tr(
                "The model was trained for {epochs} epochs before; fit goes on from there. "
                "For a fresh start make the model anew.",
                epochs=model._epochs_done,
            ),
            file=sys.stderr,
        )

    model.stop_training = False
    run = model._run = Run(
        seed,
        initial_epoch,
        epochs=epochs,
        describe=lambda: fingerprint.of_training(
            model,
            {
                "x": x if data is None else data[0],
                "y": None if data is None else data[1],
                "sample_weight": None if data is None else data[2],
                "validation_data": validation_data,
                "batch_size": None if data is None else batch_size or 32,
                "steps_per_epoch": steps_per_epoch,
                "shuffle": shuffle,
                "class_weight": json.dumps(class_weight, default=str, sort_keys=True),
                "validation_freq": json.dumps(validation_freq, default=str),
            },
        ),
        feed=feed,
        validation_feed=None if validation is None else validation.feed,
        callbacks=callback_list,
    )
    boxes = program.Boxes(model, "train")
    runner = _Runner(model, boxes, "train", callback_list, verbose, interrupt, run, doctor)
    try:
        with interrupt.listening(to_sigterm=keeps_positions):
            callback_list.on_train_begin()
            feed.seed = run.seed
            if validation is not None and not run.is_over:
                validation.compile_ahead(interrupt)
            for epoch in () if run.is_over else range(run.epoch, epochs):
                model._objective.reset()
                # Whoever resumes in the middle of an epoch does so at the end of this.
                callback_list.on_epoch_begin(epoch)
                key = random.key_from(run.seed, epoch)
                if run.is_trained:
                    logs, steps = run.logs, run.step
                else:
                    logs, steps = runner.run(feed.epoch(epoch, run.step), key)
                    run.is_trained = True
                if steps == 0 or (steps_per_epoch and steps < steps_at_most):
                    _ran_out(model, steps_per_epoch, steps)
                    if steps == 0:
                        break
                if validation is not None and _due(epoch, validation_freq):
                    callback_list.before_validation()
                    run.is_settled = False
                    found = validation(callback_list, interrupt)
                    logs.update({f"val_{name}": value for name, value in found.items()})
                    run.is_settled = True
                run.epoch, run.step, run.logs, run.is_trained = epoch + 1, 0, logs, False
                callback_list.on_epoch_end(epoch, logs)
                model._epochs_done += 1
                if doctor is not None:
                    doctor.after_epoch(steps, logs)
                interrupt.raise_if_set()
                if model.stop_training:
                    break
            model.optimizer.finalize_variable_values(model._trained)
            callback_list.on_train_end(run.logs)
        if doctor is not None:
            doctor.after(model.history.history)
    except (KeyboardInterrupt, SystemExit) as ending:
        if not interrupt.twice and (isinstance(ending, KeyboardInterrupt) or interrupt.count):
            run.is_interrupted = True
            if interrupt.raised is ending:
                callback_list.on_interrupted()
            callback_list.on_train_end(run.logs)
        raise
    except BaseException as error:
        if not runner.started:
            model.history = history_before
        elif isinstance(error, Exception):
            error.add_note(
                tr(
                    "The model is as it was after step {step} of epoch {epoch}.",
                    step=run.step,
                    epoch=run.epoch + 1,
                )
                if run.step
                else tr("The model is as it was after epoch {epoch}.", epoch=run.epoch)
            )
        raise
    finally:
        feed.close()
        if validation is not None:
            validation.feed.close()
        callback_list.settle()
        model._run = None  # it holds the data
    return model.history


def evaluate(
    model: Any,
    x: Any,
    y: Any,
    batch_size: int | None,
    verbose: int | str,
    sample_weight: Any,
    steps: int | None,
    callbacks: Sequence[Any] | None,
) -> dict[str, float]:
    """The loss and metrics on data, by name; see `Model.evaluate`."""
    _compiled(model)
    _optional("batch_size", batch_size)
    _optional("steps", steps)
    steps = _at_most(steps, config.max_steps_per_epoch())
    verbose = _verbosity(verbose)
    interrupt = _Interrupt()
    with unchanged_on_error(model):
        if not is_arrays(x):
            _no_arrays_beside(y, sample_weight, 0, batch_size)
        evaluation = _evaluation(model, x, y, sample_weight, batch_size, steps)
    callback_list = CallbackList(
        callbacks,
        add_progbar=verbose != 0,
        model=model,
        verbose=verbose,
        epochs=1,
        steps=evaluation.feed.steps,
    )
    try:
        with interrupt.listening():
            logs = evaluation(callback_list, interrupt, verbose)
    finally:
        evaluation.feed.close()
    return dict(logs)


def predict(
    model: Any,
    x: Any,
    batch_size: int | None,
    verbose: int | str,
    steps: int | None,
    callbacks: Sequence[Any] | None,
) -> Any:
    """The outputs for data; see `Model.predict`."""
    _optional("batch_size", batch_size)
    _optional("steps", steps)
    steps = _at_most(steps, config.max_steps_per_epoch())
    verbose = _verbosity(verbose)
    size = batch_size or 32
    batches: Iterator[Any]
    count: int | None
    if not (verbose or callbacks or steps):
        found = forward.outputs_at_once(model, x, size)
        if found is not None:
            return found
    if is_arrays(x):
        inputs = _standard_inputs(as_arrays(x, "x"))
        rows = checks.lengths(inputs, None, None)
        count = -(-rows // size)
        if steps is not None:
            count = min(count, steps)
        batches = (
            jax.tree.map(lambda a, i=i: a[i * size : (i + 1) * size], inputs) for i in range(count)
        )
        sample = jax.tree.map(_spec_of_rows(min(size, rows)), inputs)
    else:
        feed = StreamFeed(x, steps, check=lambda batch: checks.inputs(model, batch[0]))
        count = feed.steps
        batches = _limited((batch[0] for batch in feed.walk()), steps)
        first = next(batches, None)
        if first is None:
            raise ValueError(tr("The data is empty: it gave no batch."))
        batches = _after(first, batches)
        inputs, sample = None, jax.tree.map(_spec, first)
    with unchanged_on_error(model):
        _build(model, sample)
        checks.inputs(model, first if inputs is None else looked_at(inputs))
    callback_list = CallbackList(
        callbacks, add_progbar=verbose != 0, model=model, verbose=verbose, epochs=1, steps=count
    )
    callback_list.on_predict_begin()
    stepwise = callback_list.overrides_predict_batch_hooks
    if inputs is not None and not stepwise and not program.mixes_rows(model, training=False):
        # The bar moves with the batches that were asked for; the device gets larger ones.
        rows = min(rows, count * size)
        inputs = jax.tree.map(lambda a: a[:rows], inputs)
        group = max(size, forward.of(model).rows_at_a_time)
        batches = (
            jax.tree.map(lambda a, i=i: a[i : i + group], inputs) for i in range(0, rows, group)
        )
    else:
        group = 0
    if inputs is not None and is_stored(inputs):
        batches = in_order(lambda batch: _read(model, batch), batches, 1, 2)
    outputs, done = [], 0
    if stepwise:
        for batch in batches:
            callback_list.on_predict_batch_begin(done)
            outputs.append(forward.outputs(model, batch))
            callback_list.on_predict_batch_end(done, {"outputs": outputs[-1]})
            done += 1
            callback_list.on_predict_chunk_end(done)
    else:
        for taken, found in forward.in_turn(model, batches):
            outputs.append(found)
            done += -(-taken // size) if group else 1
            callback_list.on_predict_chunk_end(done)
    callback_list.on_predict_end()
    if len(outputs) == 1:
        return outputs[0]
    return jax.tree.map(lambda *parts: np.concatenate(parts), *outputs)


def predict_on_batch(model: Any, x: Any) -> Any:
    """The outputs for one batch; see `Model.predict_on_batch`."""
    found = forward.outputs_at_once(model, x, forward.ROWS_AT_A_TIME)
    if found is not None:
        return found
    inputs = _standard_inputs(as_arrays(x, "x"))
    sample = jax.tree.map(_spec, inputs)
    with unchanged_on_error(model):
        _build(model, sample)
        checks.inputs(model, inputs)
    return forward.outputs(model, inputs)


def train_on_batch(
    model: Any,
    x: Any,
    y: Any,
    sample_weight: Any,
    class_weight: Mapping[int, float] | None,
    return_dict: bool,
) -> Any:
    """One step on one batch; see `Model.train_on_batch`."""
    _compiled(model)
    with unchanged_on_error(model):
        data = _arrays(x, y, sample_weight)
        checks.class_weight(model, class_weight)
        if class_weight:
            data = (*data[:2], checks.class_weights(data[1], data[2], class_weight))
        _prepare(model, jax.tree.map(_spec, data), data)
        checks.still_trained(model)
    logs = _one_batch(model, data, "train")
    return returned(logs, return_dict)


def test_on_batch(model: Any, x: Any, y: Any, sample_weight: Any, return_dict: bool) -> Any:
    """The loss and metrics with one batch more; see `Model.test_on_batch`."""
    _compiled(model)
    with unchanged_on_error(model):
        data = _arrays(x, y, sample_weight)
        _prepare(model, jax.tree.map(_spec, data), data)
    logs = _one_batch(model, data, "test")
    return returned(logs, return_dict)


# Runs ---------------------------------------------------------------------------------------


class _Runner:
    """Takes the parts of an epoch through compiled runs, and tells the callbacks.

    Args:
        model: the model.
        boxes: its variables; after each run they hold what the run left.
        kind: 'train' or 'test'.
        callbacks: who is told.
        verbose: whether somebody watches.
        interrupt: looked at after each run.
        progress: where a training is; it is kept up to date.
        doctor: who is shown a loss that is no number.
    """

    def __init__(
        self,
        model: Any,
        boxes: program.Boxes,
        kind: str,
        callbacks: CallbackList,
        verbose: int,
        interrupt: "_Interrupt",
        progress: Run | None = None,
        doctor: Any = None,
    ):
        self.model = model
        self.boxes = boxes
        self.kind = kind
        self.callbacks = callbacks
        self.interrupt = interrupt
        self.progress = progress
        self.doctor = doctor
        self.stepwise = getattr(callbacks, f"overrides_{kind}_batch_hooks")
        self.seconds = _SECONDS_WATCHED if verbose == 1 else _SECONDS_ALONE
        self.objective = model._objective
        self.names = self.objective.log_names()
        self.seconds_per_row: float | None = None
        self.started = False

    def run(self, parts: Iterator[Part], key: jax.Array | None = None) -> tuple[dict, int]:
        """Take all parts, but for the steps that a training has behind it already.

        Returns:
            The logs at the end, and the number of steps taken.
        """
        logs: dict[str, float] = {}
        done = 0
        if self.progress is not None and self.progress.step:
            logs, done = dict(self.progress.logs), self.progress.step
            if self.model.stop_training:
                return logs, done
        behind = done
        for part in parts:
            taken = min(max(behind - part.first_step, 0), part.steps)
            if taken == part.steps:
                continue
            run = self.executable(part, key)
            while taken < part.steps:
                steps = 1 if self.stepwise else min(self._steps(part), part.steps - taken)
                step = part.first_step + taken
                if self.stepwise:
                    self._tell("batch_begin", step, None)
                logs = self._take(run, part, taken, steps, key)
                taken += steps
                done += steps
                if self.progress is not None:
                    self.progress.step, self.progress.logs = done, logs
                if self.stepwise:
                    self._tell("batch_end", step, logs)
                if self.kind == "train":
                    self.callbacks.on_chunk_end(step + steps, logs)
                else:
                    self.callbacks.on_test_chunk_end(step + steps, logs)
                self.interrupt.raise_if_set()
                if self.kind == "train" and self.model.stop_training:
                    return logs, done
        return logs, done

    def take_one(self, part: Part, key: jax.Array) -> dict:
        """Take the one step of a part, and tell nobody."""
        return self._take(self.executable(part, key), part, 0, 1, key)

    def _tell(self, hook: str, step: int, logs: dict | None) -> None:
        getattr(self.callbacks, f"on_{self.kind}_{hook}")(step, logs)

    def _steps(self, part: Part) -> int:
        if self.seconds_per_row is None:
            return 1
        return max(1, int(self.seconds / (self.seconds_per_row * part.batch_size)))

    def executable(self, part: Part, key: jax.Array | None, ahead: bool = False) -> Callable:
        """The program for a part; `ahead` as for `program.executable`."""
        if self.model._objective is not self.objective:
            raise RuntimeError(
                tr(
                    "The model was compiled anew by a callback, in the middle of its training. End "
                    "the training there (model.stop_training = True), compile, and call fit() "
                    "again."
                )
            )
        build = program.train if self.kind == "train" else program.test
        return program.executable(
            self.model,
            (self.kind, part.batch_size, part.masked),
            lambda: build(self.model, self.boxes, part.batch_size, part.masked),
            self._arguments(part, 0, 1, key),
            ahead,
        )

    def _arguments(self, part: Part, first: int, steps: int, key: jax.Array | None) -> tuple:
        place, before = part.first + first, part.first_step - part.first
        numbers = np.array([place, steps, part.rows, before], np.int32)
        args = (self.boxes.read(), part.data, part.order, numbers)
        return args if self.kind == "test" else (*args, key)

    def _take(
        self, run: Callable, part: Part, first: int, steps: int, key: jax.Array | None
    ) -> dict:
        """One compiled run. The boxes take what it left once it is whole, and not before."""
        args = self._arguments(part, first, steps, key)
        begun = time.perf_counter()
        try:
            state, logs = run(*args)
            logs = jax.device_get(logs)
        except Exception as error:
            error.add_note(tr("It came from the compiled program of the model."))
            raise
        spent = time.perf_counter() - begun
        self.seconds_per_row = spent / (steps * part.batch_size)
        self.boxes.write(state)
        self.started = True
        if self.doctor is not None and not np.isfinite(logs["loss"]):
            self.doctor.broke(run, args, part, first, steps, self.progress.epoch)
        # A compiled program returns a dict by the alphabet; logs have the order of `compile`.
        return {name: _plain(logs[name]) for name in self.names}


class _Evaluation:
    """Evaluates a model on one set of data, as often as it is called."""

    def __init__(self, model: Any, feed: ArrayFeed | StreamFeed):
        self.model = model
        self.feed = feed
        self.seconds_per_row: float | None = None

    def compile_ahead(self, interrupt: "_Interrupt") -> None:
        """Have its program compiled beside that of the training."""
        if isinstance(self.feed, StreamFeed) or self.feed.stays:
            return  # its data would have to be read
        boxes = program.Boxes(self.model, "test")
        runner = _Runner(self.model, boxes, "test", CallbackList(), 0, interrupt)
        for part in self.feed.epoch(0):
            runner.executable(part, None, ahead=True)

    def __call__(
        self, callbacks: CallbackList, interrupt: "_Interrupt", verbose: int = 0
    ) -> dict[str, float]:
        objective = self.model._objective
        boxes = program.Boxes(self.model, "test")
        # Metrics of the epoch in training stay as they are; else they keep what they found.
        kept = objective.variables if self.model._run is not None else []
        before = [v.value for v in kept]
        objective.reset()
        callbacks.on_test_begin()
        runner = _Runner(self.model, boxes, "test", callbacks, verbose, interrupt)
        runner.seconds_per_row = self.seconds_per_row
        if isinstance(self.feed, StreamFeed):
            self.feed.heed = interrupt.raise_if_set
        try:
            logs, steps = runner.run(self.feed.epoch(0))
        finally:
            for variable, value in zip(kept, before):
                variable._value = value
        if steps == 0:
            raise ValueError(
                tr(
                    "The validation data gave no batch: a generator can be walked over only once. "
                    "Give arrays, a list of batches, or an endless generator with validation_steps."
                )
            )
        self.seconds_per_row = runner.seconds_per_row
        callbacks.on_test_end(logs)
        return logs


def _evaluation(
    model: Any,
    x: Any,
    y: Any,
    sample_weight: Any,
    batch_size: int | None,
    steps: int | None,
    epochs: int | None = 1,
    keeps_positions: bool = False,
) -> _Evaluation:
    if is_arrays(x):
        data = _arrays(x, y, sample_weight)
        sample = jax.tree.map(_spec_of_rows(min(batch_size or 32, _rows(data))), data)
        _prepare(model, sample, data)
        size = batch_size or 32
        fill = _may_fill(model, sample, training=False)
        if steps is not None:
            data = jax.tree.map(lambda a: a[: steps * size], data)
        feed = ArrayFeed(data, size, fill=fill, check=_batch_check(model))
        return _Evaluation(model, feed)
    feed = StreamFeed(
        x, steps, check=_batch_check(model), epochs=epochs, keeps_positions=keeps_positions
    )
    first = feed.peek()
    _prepare(model, jax.tree.map(_spec, first), first)
    return _Evaluation(model, feed)


@contextmanager
def _said_of_validation() -> Iterator[None]:
    """Let an error about data say that it is the validation data."""
    try:
        yield
    except ValueError as error:
        if "validation" in str(error):
            raise
        message = tr("In the validation data: {problem}", problem=error)
        raise ValueError(message) from None


def _validation(
    model: Any, data: Any, batch_size: int | None, steps: int | None, keeps_positions: bool
) -> _Evaluation | None:
    if data is None:
        return None
    if isinstance(data, tuple) or (isinstance(data, list) and is_arrays(data)):
        if not 1 <= len(data) <= 3 or not is_arrays(data[0]):
            raise ValueError(
                tr("validation_data is (x, y), (x, y, sample_weight) or an iterable of batches.")
            )
        x, y, weight = unpack(tuple(data))
        if y is None:
            raise ValueError(
                tr("validation_data is (x, y) or (x, y, sample_weight); y is missing.")
            )
        return _evaluation(model, x, y, weight, batch_size, steps)
    return _evaluation(
        model, data, None, None, None, steps, epochs=None, keeps_positions=keeps_positions
    )


def _one_batch(model: Any, data: tuple, kind: str) -> dict[str, float]:
    model._objective.reset()
    rows = _rows(data)
    data = jax.tree.map(on_device, data)
    part = Part(data, on_device(np.arange(rows, dtype=np.int32)), rows, 1, rows, 0)
    boxes = program.Boxes(model, kind)
    runner = _Runner(model, boxes, kind, CallbackList(), 0, _Interrupt())
    return runner.take_one(part, random.key_from(random.make_default_seed()))


def _read(model: Any, batch: Any) -> Any:
    """The inputs of one batch, which are `Stored`, in memory."""
    batch = jax.tree.map(lambda a: as_array(np.asarray(a), "x"), batch)
    checks.inputs(model, batch)
    return batch


# Getting ready ------------------------------------------------------------------------------


def _compiled(model: Any) -> None:
    if not model.compiled:
        raise RuntimeError(
            tr(
                "The model is not compiled: call "
                "compile(optimizer='adam', loss=..., metrics=[...]) first."
            )
        )


def _arrays(x: Any, y: Any, weight: Any) -> tuple:
    data = (
        _standard_inputs(as_arrays(x, "x")),
        as_arrays(y, "y"),
        as_arrays(weight, "sample_weight"),
    )
    checks.lengths(*data)
    for structure, name in zip(data, ("x", "y", "sample_weight")):
        checks.finite(looked_at(structure), name)
    return data


def _standard_inputs(x: Any) -> Any:
    return x[0] if isinstance(x, list) and len(x) == 1 else x


def _rows(data: tuple) -> int:
    return len(jax.tree.leaves(data)[0])


def _spec(array: Any) -> jax.ShapeDtypeStruct:
    return jax.ShapeDtypeStruct(array.shape, jax.dtypes.canonicalize_dtype(array.dtype))


def _spec_of_rows(rows: int) -> Callable[[Any], jax.ShapeDtypeStruct]:
    return lambda a: jax.ShapeDtypeStruct(
        (rows, *a.shape[1:]), jax.dtypes.canonicalize_dtype(a.dtype)
    )


def _build(model: Any, x: Any) -> None:
    """Build a model that was not given its shapes, from a spec of its inputs, which must fit it."""
    checks.order(model, x)
    if not model.built:
        model.build(jax.tree.map(lambda leaf: (None, *leaf.shape[1:]), x))
    graph = graph_of(model)
    if graph is not None:
        graph.check_inputs(x)


def _prepare(model: Any, sample: tuple, data: tuple) -> None:
    """Make ready to compile: everything built, everything checked.

    Args:
        model: the model.
        sample: specs of the first batch.
        data: all data on the host, or the first batch of a stream, which checks the others.
    """
    x, y, _ = sample
    data = looked_at(data)
    checks.order(model, x, y, of_fit=True)
    _build(model, x)
    checks.inputs(model, data[0])
    outputs = program.output_specs(model, x)
    count = len(jax.tree.leaves(outputs))
    names = _output_names(model, outputs, count)
    model._objective.build(names, y, outputs)
    checks.targets(model, data[1], outputs)
    checks.weights(model, data[2], outputs)
    model._settle_trained()
    if not model.optimizer.built:
        model.optimizer.build(model._trained)


def _output_names(model: Any, outputs: Any, count: int) -> list[str]:
    if isinstance(outputs, Mapping):
        return list(outputs)
    names = getattr(model, "output_names", None)
    if names and len(names) == count:
        return list(names)
    return [f"output_{i + 1}" for i in range(count)] if count > 1 else ["output"]


def _may_fill(model: Any, sample: tuple, training: bool) -> bool:
    """Whether a smaller last batch may be filled up with rows that do not count."""
    objective = model._objective
    mixed = program.mixes_rows(model, training) or program.has_loss_of_its_own(model)
    if mixed or objective.own_metrics:
        return False
    x, y, _ = sample
    leaves, structure = jax.tree.flatten((x, y))
    key = "rowwise", structure, tuple((leaf.shape, leaf.dtype) for leaf in leaves)
    found = program.known(model)
    if key not in found:
        found[key] = objective.is_rowwise(y, program.output_specs(model, x))
    return found[key]


def _batch_check(model: Any) -> Callable[[tuple], None]:
    return lambda batch: checks.batch(model, batch)


def _split(data: tuple, share: float) -> tuple[tuple, tuple]:
    if isinstance(share, bool) or not isinstance(share, Real) or not 0 < share < 1:
        raise ValueError(
            tr("validation_split takes a number between 0 and 1; got {share!r}.", share=share)
        )
    rows = _rows(data)
    kept = int(np.floor(rows * (1 - share)))
    if kept == 0 or kept == rows:
        raise ValueError(
            tr(
                "validation_split={share} of {rows} rows leaves one part empty.",
                share=share,
                rows=rows,
            )
        )
    first = jax.tree.map(lambda a: a[:kept], data)
    last = jax.tree.map(lambda a: a[kept:], data)
    if data[1] is None:
        raise ValueError(tr("validation_split needs targets: give y too."))
    return first, last


def _no_arrays_beside(
    y: Any, sample_weight: Any, validation_split: float, batch_size: int | None
) -> None:
    given = {
        "y": y is not None,
        "sample_weight": sample_weight is not None,
        "validation_split": bool(validation_split),
        "batch_size": batch_size is not None,
    }
    for name, was_given in given.items():
        if was_given:
            raise ValueError(
                tr(
                    "{name} goes with arrays; here x is an iterable of batches, which holds "
                    "it itself.",
                    name=name,
                )
            )


def _verbosity(verbose: int | str) -> int:
    if verbose not in ("auto", 0, 1, 2):
        raise ValueError(f"verbose takes 0, 1, 2 or 'auto'; got {verbose!r}.")
    if verbose == "auto":
        return 1 if config.is_interactive_logging_enabled() else 2
    return int(verbose)


def _whole(name: str, value: Any, least: int) -> int:
    if isinstance(value, bool) or not hasattr(value, "__index__") or value < least:
        raise ValueError(
            tr(
                "{name} takes a whole number of at least {least}; got {value!r}.",
                name=name,
                least=least,
                value=value,
            )
        )
    return int(value)


def _optional(name: str, value: Any) -> None:
    if value is not None:
        _whole(name, value, 1)


def _frequency(value: Any) -> None:
    if isinstance(value, Collection) and not isinstance(value, (str, bytes)):
        return
    _whole("validation_freq", value, 1)


def _at_most(value: int | None, bound: int | None) -> int | None:
    return value if bound is None else bound if value is None else min(value, bound)


def _due(epoch: int, frequency: int | Sequence[int]) -> bool:
    if isinstance(frequency, int):
        return (epoch + 1) % frequency == 0
    return epoch + 1 in frequency


def _ran_out(model: Any, wanted: int | None, got: int) -> None:
    model.stop_training = True
    warn(
        tr(
            "The data ran out after {got} steps of an epoch of {wanted}; training ends here. "
            "An iterable "
            "must give steps_per_epoch * epochs batches, or begin anew when it is walked "
            "over again.",
            got=got,
            wanted=wanted if wanted is not None else "?",
        ),
    )


def _limited(batches: Iterator[Any], steps: int | None) -> Iterator[Any]:
    for number, batch in enumerate(batches):
        if steps is not None and number >= steps:
            return
        yield batch


def _after(first: Any, rest: Iterator[Any]) -> Iterator[Any]:
    yield first
    yield from rest


def _plain(value: Any) -> Any:
    return value.item() if np.ndim(value) == 0 else value


def returned(logs: dict[str, float], return_dict: bool) -> Any:
    """The loss and metrics as Keras gives them: by name, or as a list; one alone as a number."""
    if return_dict:
        return dict(logs)
    values = list(logs.values())
    return values[0] if len(values) == 1 else values


# Ctrl-C -------------------------------------------------------------------------------------


class _Interrupt:
    """Ctrl-C, kept until the run in progress is whole, and then raised; a second one at once.

    Attributes:
        count: how many signals came.
        raised: what was raised, at a moment when the run was whole.
    """

    def __init__(self) -> None:
        self.count = 0
        self.raised: BaseException | None = None
        self._is_ending: Callable[[], BaseException] = KeyboardInterrupt

    @property
    def twice(self) -> bool:
        return self.count > 1

    @contextmanager
    def listening(self, to_sigterm: bool = False) -> Iterator[None]:
        """Keep Ctrl-C within the block, where Python's own handler would raise it anywhere.

        Args:
            to_sigterm: whether the end that a system asks for is awaited too, and raised as
                SystemExit with the code that a program has which it ended.
        """
        before = {}
        if threading.current_thread() is threading.main_thread():
            if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
                before[signal.SIGINT] = signal.default_int_handler
            if to_sigterm and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
                before[signal.SIGTERM] = signal.SIG_DFL

        def heard(number: int, frame: Any) -> None:
            self.count += 1
            if number == signal.SIGTERM:
                self._is_ending = lambda: SystemExit(128 + number)
            if self.twice:
                raise self._is_ending()

        for number in before:
            signal.signal(number, heard)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def raise_if_set(self) -> None:
        if self.count:
            self.raised = self._is_ending()
            raise self.raised
