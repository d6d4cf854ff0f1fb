"""A stream device over a pty: frames at once, answers after, silence while unplugged."""

from pathlib import Path

import pytest
import serial

from simulators.care_radar import CareRadar
from simulators.serial_stream import SerialStream, StreamWire
from simulators.wire_time import WireFormat

INIT = bytes.fromhex("53 59 05 01 00 01 0F C2 54 43 53 59 05 07 00 01 00 B9 54 43")
FALL = bytes.fromhex("53 59 83 01 00 01 01 32 54 43")
FALLEN = bytes.fromhex("53 59 83 81 00 01 01 B2 54 43")
FALL_QUERY = bytes.fromhex("53 59 83 81 00 01 0F C0 54 43")


def test_frames_and_answers_over_a_pty() -> None:
    radar = CareRadar(boot_us=10_000, settings={"presence_switch": 0})
    with SerialStream(radar) as stream, serial.Serial(stream.path, timeout=5) as port:
        radar.reboot()
        assert port.read_until(INIT).endswith(INIT)
        radar.set_fall(True)
        assert port.read_until(FALL).endswith(FALL)
        port.write(FALL_QUERY)
        assert port.read_until(FALLEN) == FALLEN


def test_bytes_take_their_time_on_the_wire() -> None:
    wire = WireFormat(115_200, "N", 1)
    radar = CareRadar(boot_us=0)
    behind = StreamWire(radar, wire)
    assert behind.due(1000) == b""
    assert behind.due(1000 + wire.duration_us(20)) == INIT
    behind.received(FALL_QUERY, 10_000)
    assert behind.wake_us(10_000) > 10_000 + wire.duration_us(10)
    assert behind.due(10_000 + wire.duration_us(20)) == b""
    assert len(behind.due(30_000)) == 10


def test_what_happens_while_unplugged_is_lost(tmp_path: Path) -> None:
    link = tmp_path / "radar"
    radar = CareRadar(boot_us=10_000, settings={"presence_switch": 0})
    with SerialStream(radar, link=link) as stream:
        with serial.Serial(stream.path, timeout=5) as port:
            radar.reboot()
            assert port.read_until(INIT).endswith(INIT)
            stream.unplug()
            with pytest.raises(serial.SerialException):
                port.read(1)
        with pytest.raises(OSError, match="not plugged in"):
            stream.path  # noqa: B018 - the property raises
        radar.set_fall(True)
        stream.plug()
        with serial.Serial(stream.path, timeout=5) as port:
            port.write(FALL_QUERY)
            assert port.read_until(FALLEN) == FALLEN
    assert not link.is_symlink()
