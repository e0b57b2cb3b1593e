"""Callbacks: what happens besides training."""

from gyeol.callbacks.backup_and_restore import BackupAndRestore
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
from gyeol.callbacks.remote_monitor import RemoteMonitor
from gyeol.callbacks.swap_ema_weights import SwapEMAWeights
from gyeol.callbacks.tensorboard import TensorBoard
from gyeol.callbacks.terminate_on_nan import TerminateOnNaN

__all__ = [
    "BackupAndRestore",
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
    "RemoteMonitor",
    "SwapEMAWeights",
    "TensorBoard",
    "TerminateOnNaN",
]
