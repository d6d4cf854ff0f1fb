"""The XCD as its master sees it: published frames, states, alarms, faults."""

import struct

import pytest

from simulators.gas_cloud import GasCloud
from simulators.gas_monitor import Alarm, GasMonitor, Mode
from simulators.rtu import is_sealed, opened, seal

S = 1_000_000
READ_ALARMS = "01 04 00 0D 00 08 60 0F"
READ_STATE = "01 03 00 00 00 0D 84 0F"


def ask(device: GasMonitor, frame: str, now: int = 0) -> str:
    raw = bytes.fromhex(frame)
    assert is_sealed(raw)
    unit, pdu = opened(raw)
    return seal(unit, device.answer(pdu, now)).hex(" ").upper()


def holding(device: GasMonitor, now: int = 0) -> tuple[float, int, int, int]:
    """Gas, 40005, 40006 and 40007, as the printed read gives them."""
    raw = bytes.fromhex(ask(device, READ_STATE, now))[3:-2]
    words = struct.unpack(">13H", raw)
    (gas,) = struct.unpack(">f", raw[4:8])
    assert words[0] == words[1] == 0x2501
    return round(gas, 3), words[4], words[5], words[6]


def test_printed_frames() -> None:
    device = GasMonitor(GasCloud(0.25))
    assert ask(device, READ_ALARMS) == (
        "01 04 10 00 00 00 01 00 00 00 00 00 00 00 00 00 00 00 00 57 AD"
    )
    device.set_gas(0.55, 0)
    device.set_fault(1, True)
    assert ask(device, READ_ALARMS) == (
        "01 04 10 00 00 00 03 00 00 00 02 00 00 00 40 00 00 00 00 48 40"
    )
    assert holding(device) == (55.0, 1101, 0b10_0011, 1)


def test_a_latched_alarm_outlasts_the_gas() -> None:
    device = GasMonitor()
    device.set_gas(0.5, 0)
    device.ventilate(0, tau_s=5)
    assert holding(device, 60 * S) == (0.0, 0, Alarm.A2, 1), "no read has seen the peak"
    assert device.look(60 * S) is Alarm.NONE
    device.reset()
    assert holding(device, 60 * S)[2] == 0


@pytest.mark.parametrize("mode", [Mode.WARM_UP, Mode.INHIBIT, Mode.CALIBRATION])
def test_no_alarm_arises_out_of_service(mode: Mode) -> None:
    device = GasMonitor()
    if mode is Mode.WARM_UP:
        device.warm_up(30, 0)
    else:
        change = device.inhibit if mode is Mode.INHIBIT else device.calibrate
        change(True, 0)
    device.set_gas(0.6, 0)
    assert holding(device)[2:] == (0, mode)
    assert holding(device)[0] == (100.0 if mode is Mode.WARM_UP else 60.0)
    device.inhibit(False, S)
    assert holding(device, 31 * S)[2:] == (3, Mode.NORMAL)


def test_the_bead_reads_too_low_in_rich_gas() -> None:
    device = GasMonitor()
    shown = []
    for level in (0.99, 1.2, 1.5, 2.0, 5.0):
        device.set_gas(level, 0)
        shown.append(round(device.reading(0), 3))
    assert shown == [99.0, 100.0, 100.0, 75.0, 30.0]


def test_noise_is_never_below_zero_and_repeats() -> None:
    one, same = (GasMonitor(noise=0.3, seed=5) for _ in range(2))
    seen = [one.reading(n * S) for n in range(50)]
    assert seen == [same.reading(n * S) for n in range(50)]
    assert min(seen) == 0.0
    assert max(seen) < 2.0


def test_warnings_and_faults_come_and_go() -> None:
    device = GasMonitor()
    device.set_warning(3, True)
    assert holding(device)[1:3] == (3, 0x10)
    device.set_fault(13, True)
    assert holding(device)[1:3] == (1113, 0x30)
    device.latch_troubles()
    device.set_warning(3, False)
    device.set_fault(13, False)
    assert holding(device)[1:3] == (0, 0)
    reply = device.answer(bytes.fromhex("04 00 13 00 02"), 0)
    assert int.from_bytes(reply[2:], "big") == 1 << 18 | 1 << 2
    with pytest.raises(ValueError, match="from 1 to 13"):
        device.set_fault(14, True)
    with pytest.raises(ValueError, match="from 1 to 5"):
        device.set_warning(0, True)


def test_what_can_be_written() -> None:
    device = GasMonitor()
    assert device.answer(bytes.fromhex("06 00 3B 00 21"), 0) == bytes.fromhex("06 00 3B 00 21")
    assert device.answer(bytes.fromhex("10 00 3A 00 01 02 00 5A"), 0)[0] == 0x10
    assert (device.settings[59], device.settings[58]) == (0x21, 90)
    assert device.answer(bytes.fromhex("03 00 3A 00 02"), 0)[2:] == bytes.fromhex("00 5A 00 21")
    assert device.answer(bytes.fromhex("06 00 02 00 00"), 0) == b"\x86\x02"
    assert device.answer(bytes.fromhex("03 00 3E 00 01"), 0) == b"\x83\x02"
    assert device.answer(bytes.fromhex("04 00 15 00 01"), 0) == b"\x84\x02"


def test_state() -> None:
    device = GasMonitor()
    device.leak(0.6, 0, tau_s=0)
    assert device.state(S) == {
        "gas": 60.0,
        "reading": 60.0,
        "mode": 1,
        "active": 3,
        "latched": 2,
        "trouble": 0,
    }
