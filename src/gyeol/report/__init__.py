"""Pictures of a training run: its curves, and what the model says about samples."""

from gyeol.report.sample_predictions import predictions
from gyeol.report.training_curves import curves

__all__ = ["curves", "predictions"]
