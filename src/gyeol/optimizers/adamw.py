"""AdamW."""

from collections.abc import Callable
from typing import Any

from gyeol.optimizers.adam import Adam
from gyeol.optimizers.schedules import LearningRateSchedule
from gyeol.serialization import exported


@exported("keras.optimizers")
class AdamW(Adam):
    """Adam with weight decay apart from the gradient (Loshchilov and Hutter, 2017).

    Before Adam's step, ``w = w - learning_rate * weight_decay * w``.

    Args:
        weight_decay: the share that a variable loses at each step, times the learning rate.

    The other arguments are those of `Adam`.

    Raises:
        ValueError: a `weight_decay` of None, or what `Adam` refuses.

    >>> AdamW().weight_decay
    0.004
    """

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule | Callable[[], Any] = 0.001,
        weight_decay: float | None = 0.004,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        name: str | None = None,
        **kwargs: Any,
    ):
        if weight_decay is None:
            raise ValueError("weight_decay of AdamW must be a number. Without it, use Adam.")
        super().__init__(
            learning_rate,
            beta_1,
            beta_2,
            epsilon,
            amsgrad,
            weight_decay,
            clipnorm,
            clipvalue,
            global_clipnorm,
            use_ema,
            ema_momentum,
            ema_overwrite_frequency,
            loss_scale_factor,
            gradient_accumulation_steps,
            name,
            **kwargs,
        )
