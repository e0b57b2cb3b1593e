"""Small things of use beside models."""

from gyeol.utils.numerical import normalize, to_categorical
from gyeol.utils.progbar import Progbar
from gyeol.utils.session import clear_session, set_random_seed

__all__ = ["Progbar", "clear_session", "normalize", "set_random_seed", "to_categorical"]
