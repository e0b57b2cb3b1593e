"""Pictures of a training run: its curves, and what the model says about samples."""

from gyeol.report.confusion_plot import confusion
from gyeol.report.history import History
from gyeol.report.sample_predictions import predictions
from gyeol.report.training_curves import curves
from gyeol.report.worst_samples import top_losses

__all__ = ["History", "confusion", "curves", "predictions", "top_losses"]
