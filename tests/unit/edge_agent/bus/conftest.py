"""Three smoke detectors on a simulated serial line."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from simulators.serial_line import SerialLine
from simulators.smoke_detector import SmokeDetector
from tests.ahead_clock import AheadClock
from tests.line_rig import BAUD


@pytest.fixture
def units() -> dict[int, SmokeDetector]:
    return {number: SmokeDetector(number) for number in (1, 2, 3)}


@pytest.fixture
def wire_clock() -> AheadClock:
    """That of the slaves: what is late comes when the test leaps, and not before."""
    return AheadClock()


@pytest.fixture
def slaves(
    units: dict[int, SmokeDetector], tmp_path: Path, wire_clock: AheadClock
) -> Iterator[SerialLine]:
    with SerialLine(
        units.values(),
        baud=BAUD,
        stop_bits=1,
        insist_on_gap=True,
        link=tmp_path / "bus",
        clock=wire_clock,
    ) as line:
        yield line
