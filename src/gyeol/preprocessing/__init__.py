"""Pictures, sequences and texts as arrays, as Keras 2 prepared them: for scripts of that time."""

from gyeol.preprocessing import image, sequence, text
from gyeol.utils import image_dataset_from_directory, timeseries_dataset_from_array

__all__ = [
    "image",
    "image_dataset_from_directory",
    "sequence",
    "text",
    "timeseries_dataset_from_array",
]
