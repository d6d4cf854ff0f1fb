"""A scenario's own part is scaled; what the programs may take is not."""

import pytest

from simulators.scenario.timing import SECOND_US, Timing
from tests.unit.simulators.scenario.storm import storm


@pytest.mark.parametrize(
    ("speed", "opens", "closes"), [(1, 10, 25), (10, 1, 2.3 + 2), (0.5, 20, 48)]
)
def test_a_window(speed: float, opens: float, closes: float) -> None:
    timing = Timing(speed, 7, 9)
    one = storm().expectations[0]
    assert timing.opens(one) == opens * SECOND_US
    assert timing.closes(one) == closes * SECOND_US


def test_there_and_back() -> None:
    timing = Timing(4, 100 * SECOND_US, 900 * SECOND_US)
    assert timing.mono_at(20 * SECOND_US) == 105 * SECOND_US
    assert timing.scenario_at(105 * SECOND_US) == 20 * SECOND_US
    assert timing.utc_of(105 * SECOND_US) == 905 * SECOND_US
