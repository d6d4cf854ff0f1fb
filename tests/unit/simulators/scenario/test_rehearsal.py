"""Every order is tried in its place before anything is played."""

import pytest

from simulators.scenario.complaint import ScenarioError
from simulators.scenario.rehearsal import rehearse
from tests.unit.simulators.scenario.storm import other_storm, storm


def test_a_sound_scenario_is_understood() -> None:
    rehearse(storm(), "storm.toml", other_storm({}))


@pytest.mark.parametrize(
    ("order", "told"),
    [
        ("flood 3", "unknown order 'flood'"),
        ("rise fast", "usage: rise METRES/min [TO_METRES]"),
        ("rise 0.6/min 0.01", "usage: rise"),
        ("level -1", "usage: level METRES"),
    ],
)
def test_an_order_that_is_not_is_named(order: str, told: str) -> None:
    swapped = {"order": f'do = "{order}"'}
    with pytest.raises(ScenarioError) as refused:
        rehearse(storm(**swapped), "storm.toml", other_storm(swapped))
    assert str(refused.value).startswith(f"storm.toml:30: timeline[1].do: {order!r}: ")
    assert told in str(refused.value)


def test_the_time_between_two_orders_counts() -> None:
    wrong = storm(zero='do = "rise 6/min 1"', order='do = "rise 1/min 0.5"')
    with pytest.raises(ScenarioError, match=r"timeline\[1\]"):
        rehearse(wrong, "storm.toml", "")
