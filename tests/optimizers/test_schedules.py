"""What schedules promise beside their arithmetic (which `tests/parity` holds against Keras)."""

import pytest

from gyeol.optimizers import schedules


def test_wrong_arguments_are_named():
    with pytest.raises(ValueError, match="decay_steps must be more than 0; got 0"):
        schedules.ExponentialDecay(0.1, 0, 0.5)
    with pytest.raises(ValueError, match="first_decay_steps must be more than 0"):
        schedules.CosineDecayRestarts(0.1, -1)
    with pytest.raises(ValueError, match="2 boundaries need 3 values; got 2"):
        schedules.PiecewiseConstantDecay([1, 2], [0.1, 0.2])


def test_a_schedule_of_ones_own():
    class Halves(schedules.LearningRateSchedule):
        def __call__(self, step):
            return 0.5**step

    assert Halves()(2) == 0.25
    with pytest.raises(NotImplementedError, match="Halves must define get_config"):
        schedules.serialize(Halves())
    with pytest.raises(NotImplementedError, match="must define __call__"):
        schedules.LearningRateSchedule()(0)
