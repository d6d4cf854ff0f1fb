"""Three smoke detectors on a simulated serial line."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from simulators.serial_line import SerialLine
from simulators.smoke_detector import SmokeDetector
from tests.line_rig import BAUD


@pytest.fixture
def units() -> dict[int, SmokeDetector]:
    return {number: SmokeDetector(number) for number in (1, 2, 3)}


@pytest.fixture
def slaves(units: dict[int, SmokeDetector], tmp_path: Path) -> Iterator[SerialLine]:
    with SerialLine(
        units.values(), baud=BAUD, stop_bits=1, insist_on_gap=True, link=tmp_path / "bus"
    ) as line:
        yield line
