"""Late replies and mixed faults on the bus: not one wrong value reaches the store."""

import asyncio
import contextlib
import sqlite3
from bisect import bisect_right
from pathlib import Path
from random import Random

import pytest

from runtime.clock import SystemClock
from simulators.fault import exception, late, noise, silence, wrong_checksum, wrong_unit
from simulators.smoke_detector import INPUT_NAMES, SmokeDetector
from tests.acceptance.town import Town, town

KEYS = {"poll_period": "200ms", "report": "always"}
SETTLED_S = 4.0  # a unit rests for 3.3 s after a time-out; then it is read again


def stored(town: Town, device: str) -> list[tuple[int, str, bool]]:
    """(time, point, value) of every good reading of a device that it answered itself."""
    path = town.stage.folder / "server" / "store.db"
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as store:
        rows = store.execute(
            "SELECT time_us, point, value FROM hot JOIN series ON series.id = hot.series"
            " WHERE device = ? AND value IS NOT NULL ORDER BY time_us",
            (device,),
        ).fetchall()
    return [(at_us, point, bool(value)) for at_us, point, value in rows if point in INPUT_NAMES]


def wrong(readings: list[tuple[int, str, bool]], detector: SmokeDetector) -> list[object]:
    """Readings whose value is not what the detector answered in the exchange they come from."""
    clock = SystemClock()
    offset_us = clock.utc_us() - clock.mono_us()
    served = [one for one in detector.served if one.first == 0]
    times = [one.at_us for one in served]
    found: list[object] = []
    for at_us, point, value in readings:
        answer = served[bisect_right(times, at_us - offset_us) - 1]
        if answer.named().get(point) != value:
            found.append((at_us, point, value, answer))
    return found


@pytest.mark.parametrize("lateness", [0.3, 0.7, 1.5, 2.9])
async def test_late_replies_shift_nothing(tmp_path: Path, lateness: float) -> None:
    async with town(
        tmp_path,
        detectors=1,
        units=3,
        toggle_relay=True,
        record_reads=True,
        device_keys=KEYS,
    ) as here:
        await here.all_heard()
        for turn in range(3):
            victim = here.detectors[turn % 3]
            victim.faults.add(late(lateness + 0.5, 1))
            here.detectors[(turn + 1) % 3].set_smoke(turn % 2 == 0)
            await asyncio.sleep(1.0)
        await asyncio.sleep(SETTLED_S)
        await nothing_is_wrong(here)


@pytest.mark.slow
async def test_mixed_faults_make_no_wrong_value(tmp_path: Path) -> None:
    dice = Random(7)
    faults = (
        lambda: late(dice.uniform(0.1, 2.0), 1),
        lambda: silence(1),
        lambda: wrong_checksum(1),
        lambda: exception(4, 1),
        lambda: wrong_unit(9, 1),
        lambda: noise(1),
    )
    async with town(
        tmp_path,
        detectors=1,
        units=4,
        toggle_relay=True,
        record_reads=True,
        device_keys=KEYS,
    ) as here:
        await here.all_heard()
        for turn in range(16):
            detector = dice.choice(here.detectors)
            detector.faults.add(faults[turn % len(faults)]())
            detector.set_service(dice.random() < 0.5)
            await asyncio.sleep(0.5)
        await asyncio.sleep(SETTLED_S)
        await nothing_is_wrong(here)


async def nothing_is_wrong(here: Town) -> None:
    for line in here.lines:
        line.unplug()
    await here.drained()
    for number, detector in enumerate(here.detectors):
        readings = stored(here, f"smoke-{number}")
        assert len(readings) > 20
        assert wrong(readings, detector) == []
