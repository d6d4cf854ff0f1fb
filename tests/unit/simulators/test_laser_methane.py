"""The laser methane sensor as its host hears it: the printed line, its checksum, its pace."""

import pytest

from simulators.fault import wrong_checksum
from simulators.gas_cloud import GasCloud
from simulators.laser_methane import LaserMethane, methane_line

S = 1_000_000
PRINTED = bytes.fromhex(
    "41 2B 30 30 30 2E 30 30 20 2B 32 33 2E 37 20 30 36 36 36 2E 32 32 20 2B 31 36 2E 31 20 42 2B "
    "30 36 36 2E 30 20 30 30 20 33 42 0D 0A"
)


def test_the_printed_line() -> None:
    assert methane_line(0.0, 23.7, 0) == PRINTED
    assert LaserMethane(celsius=23.7).due(0) == PRINTED


@pytest.mark.parametrize(
    ("lel", "celsius", "error", "told"),
    [
        (25.04, -5.25, 0, b"A+025.04 -05.2 "),
        (100.0, 0.0, 0x1F, b"A+100.00 +00.0 "),
        (0.005, 61.0, 0x04, b"A+000.01 +61.0 "),
    ],
)
def test_every_line_has_44_bytes(lel: float, celsius: float, error: int, told: bytes) -> None:
    line = methane_line(lel, celsius, error)
    assert len(line) == 44
    assert line.startswith(told)
    assert int(line[37:39], 16) == error
    checked = 0
    for byte in line[:39]:
        checked ^= byte
    assert int(line[40:42], 16) == checked


def test_a_line_each_second() -> None:
    sensor = LaserMethane()
    times = [tenth for tenth in range(35) if sensor.due(tenth * S // 10)]
    assert times == [0, 10, 20, 30]
    assert sensor.wake_us(3_400_000) == 4 * S
    assert sensor.received(b"anything", S) == b""


def test_gas_comes_and_goes() -> None:
    sensor = LaserMethane(GasCloud(0.25), celsius=18.5)
    assert sensor.due(0)[1:8] == b"+025.00"
    sensor.cloud.leak(2.0, 0, tau_s=0)
    assert sensor.due(S)[1:8] == b"+100.00", "not beyond its range, and not too low"
    assert sensor.state(S) == {"gas": 200.0, "reading": 100.0, "celsius": 18.5, "error": 0}
    sensor.cloud.ventilate(S, tau_s=0)
    assert sensor.due(2 * S)[1:8] == b"+000.00"


def test_noise_is_never_below_zero() -> None:
    sensor = LaserMethane(noise=0.5, seed=3)
    seen = [sensor.reading(n * S) for n in range(50)]
    assert min(seen) == 0.0
    assert max(seen) > 0.1


def test_errors_and_temperatures() -> None:
    sensor = LaserMethane()
    sensor.set_error(0x11)
    sensor.set_celsius(-9.96)
    assert sensor.due(0)[9:14] == b"-10.0"
    assert sensor.due(S)[37:39] == b"11"
    for code in (-1, 0x20):
        with pytest.raises(ValueError, match="from 0 to 31"):
            sensor.set_error(code)
    with pytest.raises(ValueError, match=r"within 99\.9"):
        sensor.set_celsius(100)


def test_a_wrong_checksum_is_its_last_digit() -> None:
    sensor = LaserMethane(celsius=23.7)
    sensor.faults.add(wrong_checksum(1))
    assert sensor.due(0) == PRINTED.replace(b"3B\r\n", b"3C\r\n")


def test_it_is_silent_while_it_boots() -> None:
    sensor = LaserMethane()
    sensor.due(0)
    sensor.restart(3 * S)
    assert sensor.due(2 * S) == b""
    assert len(sensor.due(3 * S)) == 44
