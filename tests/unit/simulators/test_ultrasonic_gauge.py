"""Ultrasonic gauges as their hosts hear them: printed frames, sentinels, pace, one register."""

from itertools import pairwise

import pytest

from simulators.rtu import seal
from simulators.stream_fault import frozen
from simulators.ultrasonic_gauge import (
    A02YYUW,
    SEN0754,
    EchoModel,
    UltrasonicGauge,
    distance_frame,
)
from simulators.water_level import WaterLevel

S = 1_000_000
BOTH = pytest.mark.parametrize("model", [A02YYUW, SEN0754], ids=lambda model: model.name)


def hung(model: EchoModel, level_m: float = 0.0, height_m: float = 3.0) -> UltrasonicGauge:
    return UltrasonicGauge(WaterLevel(level_m), model, height_m=height_m, filtered=False)


def mm(frame: bytes) -> int:
    assert len(frame) == 4
    assert frame[0] == 0xFF
    assert frame[3] == sum(frame[:3]) & 0xFF
    return int.from_bytes(frame[1:3], "big")


@pytest.mark.parametrize(
    ("word", "printed"),
    [
        (1953, "FF 07 A1 A7"),
        (250, "FF 00 FA F9"),
        (0xFFFE, "FF FF FE FC"),
        (0xFFFD, "FF FF FD FB"),
    ],
)
def test_printed_frames(word: int, printed: str) -> None:
    assert distance_frame(word).hex(" ").upper() == printed


@BOTH
def test_it_tells_its_height_less_the_level(model: EchoModel) -> None:
    gauge = hung(model, 0.547, 2.5)
    assert gauge.due(0).hex(" ").upper() == "FF 07 A1 A7"
    gauge.hang(2.6)
    assert mm(gauge.due(S)) == 2053
    assert gauge.state(S) == {"level": 0.547, "distance_mm": 2053.0, "filtered": False}


@pytest.mark.parametrize(("model", "word"), [(A02YYUW, 0), (SEN0754, 0xFFFD)])
def test_what_it_does_not_see(model: EchoModel, word: int) -> None:
    gauge = hung(model)
    gauge.set_echo(False)
    assert mm(gauge.due(0)) == word
    gauge.set_echo(True)
    assert mm(gauge.due(S)) == 3000
    gauge.hang(4.6)
    assert mm(gauge.due(2 * S)) == word, "too far"
    gauge.hang(0.02)
    assert mm(gauge.due(3 * S)) == word, "too near"


def test_only_one_of_them_tells_interference() -> None:
    gauge = hung(SEN0754)
    gauge.set_interference(True)
    assert gauge.due(0) == bytes.fromhex("FF FF FE FC")
    gauge.set_interference(False)
    assert mm(gauge.due(S)) == 3000
    with pytest.raises(ValueError, match="A02YYUW does not tell"):
        hung(A02YYUW).set_interference(True)


def paced(gauge: UltrasonicGauge, seconds: int) -> list[int]:
    """When its frames leave."""
    found, now = [], 0
    while now < seconds * S:
        if gauge.due(now):
            found.append(now)
        now = max(now + 1, gauge.wake_us(now))
    return found


def test_the_pace_of_the_a02yyuw() -> None:
    gauge = hung(A02YYUW)
    assert paced(gauge, 2) == list(range(0, 2 * S, 100_000))
    gauge = UltrasonicGauge(WaterLevel(), A02YYUW, seed=1)
    times = paced(gauge, 60)
    pauses = [later - earlier for earlier, later in pairwise(times)]
    assert 100_000 <= min(pauses) < 150_000
    assert 250_000 < max(pauses) <= 300_000


def test_a_filtered_sen0754_follows_in_two_seconds() -> None:
    gauge = UltrasonicGauge(WaterLevel(0.0), SEN0754)
    assert mm(gauge.due(0)) == 3000
    gauge.water.set_level(1.0)
    seen = [mm(gauge.due(tenth * 100_000)) for tenth in range(1, 31)]
    assert 2700 < seen[0] < 3000
    assert seen == sorted(seen, reverse=True)
    assert abs(seen[19] - 2000) <= 60
    gauge.set_filter(False)
    gauge.water.set_level(0.5)
    assert mm(gauge.due(4 * S)) == 2500


def test_the_one_register_that_is_known() -> None:
    gauge = hung(SEN0754)
    gauge.due(0)
    read, write = seal(1, b"\x03\x02\x28\x00\x01"), seal(1, b"\x06\x02\x28\x00\x02")
    assert gauge.received(read, 1) == seal(1, b"\x03\x02\x00\x00")
    assert gauge.received(write, 2) == write
    assert gauge.state(0)["filtered"]
    assert gauge.received(read, 3) == seal(1, b"\x03\x02\x00\x02")
    assert gauge.received(seal(1, b"\x06\x02\x28\x00\x06"), 4) == seal(1, b"\x86\x03")
    assert gauge.received(seal(1, b"\x03\x00\x00\x00\x01"), 5) == seal(1, b"\x83\x02")
    assert gauge.received(seal(2, b"\x03\x02\x28\x00\x01"), 6) == b""


def test_half_a_request_is_forgotten_after_a_pause() -> None:
    gauge = hung(SEN0754)
    gauge.due(0)
    read = seal(1, b"\x03\x02\x28\x00\x01")
    assert gauge.received(read[:5], 0) == b""
    assert gauge.received(read[5:], 100_000) == seal(1, b"\x03\x02\x00\x00")
    assert gauge.received(read[:5], 200_000) == b""
    assert gauge.received(read, 500_000) == seal(1, b"\x03\x02\x00\x00")


def test_an_a02yyuw_does_not_understand_modbus() -> None:
    gauge = hung(A02YYUW)
    gauge.due(0)
    assert gauge.received(seal(1, b"\x03\x02\x28\x00\x01"), 1) == b""


def test_it_is_silent_while_it_boots() -> None:
    gauge = hung(A02YYUW)
    gauge.due(0)
    gauge.restart(2 * S)
    assert gauge.due(2 * S - 1) == b""
    assert mm(gauge.due(2 * S)) == 3000


def test_a_stuck_distance() -> None:
    gauge = hung(A02YYUW)
    gauge.due(0)
    gauge.faults.add(frozen(2, only="distance"))
    gauge.water.set_level(1.0)
    assert [mm(gauge.due(n * S)) for n in (1, 2, 3)] == [3000, 3000, 2000]
