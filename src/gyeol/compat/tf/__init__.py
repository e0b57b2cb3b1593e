"""The face of `tensorflow`, a module for each of its own."""
