"""What is said of nothing is said of nothing."""

from tests.unit.simulators.scenario.storm import storm


def test_nothing_is_none_at_most() -> None:
    assert [one.is_nothing for one in storm().expectations] == [False, False, True]
