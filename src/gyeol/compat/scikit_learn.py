"""`keras.wrappers.scikit_learn`: a function that builds a model, as scikit-learn's estimator."""

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin

__all__ = ["BaseWrapper", "KerasClassifier", "KerasRegressor"]


class BaseWrapper(BaseEstimator):
    """What the classifier and the regressor share.

    Args:
        build_fn: returns a compiled model; its arguments may be given here and searched over.
        **sk_params: arguments of `build_fn`, and of the model's `fit`, `predict` and `score`.
    """

    def __init__(self, build_fn: Callable[..., Any] | None = None, **sk_params: Any):
        self.build_fn = build_fn
        self.sk_params = sk_params

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The arguments, by name."""
        return {"build_fn": self.build_fn, **self.sk_params}

    def set_params(self, **params: Any) -> "BaseWrapper":
        """Change arguments."""
        self.build_fn = params.pop("build_fn", self.build_fn)
        self.sk_params = {**self.sk_params, **params}
        return self

    def _arguments(self, function: Callable, **given: Any) -> dict[str, Any]:
        names = inspect.signature(function).parameters
        return {**{n: v for n, v in self.sk_params.items() if n in names}, **given}

    def fit(self, x: Any, y: Any, **kwargs: Any) -> Any:
        """Build a model and train it.

        Args:
            x: samples, (rows, features).
            y: targets, (rows,) or (rows, outputs).
            **kwargs: arguments of the model's `fit`.

        Returns:
            The history of the training.
        """
        build = self.build_fn or self.__call__
        self.model = build(**self._arguments(build))
        old_names = {n: v for n, v in self.sk_params.items() if n == "nb_epoch"}
        arguments = {**self._arguments(self.model.fit, **kwargs), **old_names}
        self.history = self.model.fit(np.asarray(x), self._targets(y), **arguments)
        return self.history

    def _targets(self, y: Any) -> Any:
        return np.asarray(y)

    def _outputs(self, x: Any, **kwargs: Any) -> np.ndarray:
        arguments = self._arguments(self.model.predict, **{"verbose": 0, **kwargs})
        return self.model.predict(np.asarray(x), **arguments)

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "model")


class KerasClassifier(ClassifierMixin, BaseWrapper):
    """A classifier whose model a function builds, as Keras 2 had it."""

    def _targets(self, y: Any) -> Any:
        y = np.asarray(y)
        if y.ndim == 2 and y.shape[1] > 1:
            self.classes_ = np.arange(y.shape[1])
            return y
        self.classes_ = np.unique(y)
        numbers = np.searchsorted(self.classes_, y)
        if self.model.loss == "categorical_crossentropy":
            return np.eye(len(self.classes_))[numbers.ravel()]
        return numbers

    def predict(self, x: Any, **kwargs: Any) -> np.ndarray:
        """The class of each sample."""
        outputs = self._outputs(x, **kwargs)
        if outputs.shape[-1] > 1:
            return self.classes_[outputs.argmax(axis=-1)]
        return self.classes_[(outputs > 0.5).astype(int)].ravel()

    def predict_proba(self, x: Any, **kwargs: Any) -> np.ndarray:
        """The probability of each class, (rows, classes)."""
        outputs = self._outputs(x, **kwargs)
        return np.hstack([1 - outputs, outputs]) if outputs.shape[1] == 1 else outputs

    def score(self, x: Any, y: Any, **kwargs: Any) -> float:
        """The share of samples whose class is right."""
        y = np.asarray(y)
        y = y.argmax(axis=1) if y.ndim == 2 and y.shape[1] > 1 else y.ravel()
        return float(np.mean(self.predict(x, **kwargs) == y))


class KerasRegressor(RegressorMixin, BaseWrapper):
    """A regressor whose model a function builds, as Keras 2 had it."""

    def predict(self, x: Any, **kwargs: Any) -> np.ndarray:
        """The value of each sample."""
        return np.squeeze(self._outputs(x, **kwargs), axis=-1)

    def score(self, x: Any, y: Any, **kwargs: Any) -> float:
        """The loss, with its sign changed: higher is better."""
        loss = self.model.evaluate(np.asarray(x), np.asarray(y), verbose=0, **kwargs)
        return -float(loss[0] if isinstance(loss, list) else loss)
