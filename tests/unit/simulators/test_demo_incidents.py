"""Each danger comes about at its device, is over again, and says which alarms it explains."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from runtime.clock import SystemClock
from simulators.demo_incidents import Incident, incidents
from simulators.demo_street import Street, build_street

S = 1_000_000
KEYS = ("duct_smoke", "plant_smoke", "fall", "flood", "theft", "leak")


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Street]:
    with ExitStack() as plugged:
        yield build_street(tmp_path, plugged)


@pytest.fixture
def all_of(street: Street) -> dict[str, Incident]:
    return incidents(street)


def test_all_five_kinds_and_the_plant_room(all_of: dict[str, Incident]) -> None:
    assert tuple(all_of) == KEYS
    assert all(incident.key == key for key, incident in all_of.items())


@pytest.mark.parametrize("key", KEYS)
def test_comes_about_within_ten_seconds_and_is_over(all_of: dict[str, Incident], key: str) -> None:
    incident, now = all_of[key], SystemClock().mono_us()
    assert not incident.is_so(now)
    incident.begin(now)
    assert incident.is_so(now + 10 * S)
    incident.end(now + 12 * S)
    assert not incident.is_so(now + 30 * S)


def test_no_alarm_is_explained_twice(all_of: dict[str, Incident]) -> None:
    told = [one for incident in all_of.values() for one in incident.foreseen]
    assert len(set(told)) == len(told)
    assert all(incident.alarm not in incident.outlasts for incident in all_of.values())
