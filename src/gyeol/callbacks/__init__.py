"""Callbacks: what happens besides training."""

from gyeol.callbacks.callback import Callback
from gyeol.callbacks.callback_list import CallbackList
from gyeol.callbacks.csv_logger import CSVLogger
from gyeol.callbacks.early_stopping import EarlyStopping
from gyeol.callbacks.history import History
from gyeol.callbacks.lambda_callback import LambdaCallback
from gyeol.callbacks.learning_rate_scheduler import LearningRateScheduler
from gyeol.callbacks.model_checkpoint import ModelCheckpoint
from gyeol.callbacks.progbar_logger import ProgbarLogger
from gyeol.callbacks.reduce_lr_on_plateau import ReduceLROnPlateau
from gyeol.callbacks.terminate_on_nan import TerminateOnNaN

__all__ = [
    "CSVLogger",
    "Callback",
    "CallbackList",
    "EarlyStopping",
    "History",
    "LambdaCallback",
    "LearningRateScheduler",
    "ModelCheckpoint",
    "ProgbarLogger",
    "ReduceLROnPlateau",
    "TerminateOnNaN",
]
