"""The transmitters as their master sees them: published frames, states, alarms, faults."""

import struct

import pytest

from simulators.gas_cloud import GasCloud
from simulators.gas_model import XCD, XCL, XRL, GasModel
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


# XRL and XCL ----------------------------------------------------------------------------------

NEWER = pytest.mark.parametrize("model", [XRL, XCL], ids=lambda model: model.name)


def block(device: GasMonitor, now: int = 0) -> tuple[int, ...]:
    """40101 to 40117 of an XRL or XCL."""
    return struct.unpack(">17H", device.answer(bytes.fromhex("03 00 64 00 11"), now)[2:])


def gas(words: tuple[int, ...]) -> float:
    return round(float(*struct.unpack(">f", struct.pack(">HH", *words[2:4]))), 3)


@NEWER
def test_the_newer_block(model: GasModel) -> None:
    device = GasMonitor(GasCloud(0.25), 7, model=model)
    words = block(device, 12 * S)
    assert words[0] == words[1] == 0x2607
    assert gas(words) == 25.0
    assert words[4:8] == (0, Alarm.A1, Mode.NORMAL, 2)
    assert (words[10], words[16]) == (1, 18)
    assert device.answer(bytes.fromhex("03 00 83 00 01"), 0)[2:] == b"\x00\x01", "catalytic"
    supply = device.answer(bytes.fromhex("03 00 9C 00 02"), 0)[2:]
    assert struct.unpack(">f", supply) == (24_000.0,)
    assert device.answer(bytes.fromhex("03 00 02 00 02"), 0) == b"\x83\x02"
    assert len(device.answer(bytes.fromhex("04 00 00 00 16"), 0)) == 2 + 44


@NEWER
def test_faults_above_and_warnings_below(model: GasModel) -> None:
    device = GasMonitor(model=model)
    device.set_warning(16, True)
    device.set_fault(3, True)
    troubles = device.answer(bytes.fromhex("04 00 11 00 02"), 0)[2:]
    assert troubles == bytes.fromhex("00 04 80 00")
    assert block(device)[4:6] == (1203, 0b101_0000), "bit 4 a warning, bit 6 a fault"


@NEWER
def test_it_repeats_its_last_reading_while_inhibited(model: GasModel) -> None:
    device = GasMonitor(GasCloud(0.12), model=model)
    device.inhibit(True, 0)
    device.set_gas(0.6, S)
    words = block(device, 20 * S)
    assert (gas(words), words[5], words[6], words[7]) == (12.0, 0, Mode.INHIBIT, 4)
    assert device.state(20 * S)["gas"] == 60.0
    device.inhibit(False, 21 * S)
    assert gas(block(device, 21 * S)) == 60.0


def test_an_xcd_does_not() -> None:
    device = GasMonitor(GasCloud(0.12), model=XCD)
    device.inhibit(True, 0)
    device.set_gas(0.6, S)
    assert holding(device)[0] == 60.0
    assert "heartbeat" not in device.state(S)


def test_a_heartbeat_that_hangs_while_registers_answer() -> None:
    device = GasMonitor(model=XRL)
    device.set_heartbeat(False, 12 * S)
    device.set_gas(0.3, 60 * S)
    words = block(device, 60 * S)
    assert (gas(words), words[7]) == (30.0, 2)
    device.set_heartbeat(True, 60 * S)
    assert block(device, 65 * S)[7] == 3


@pytest.mark.parametrize(
    ("code", "shown"), [(1, 20.0), (3, 6660.0), (4, 6.66), (5, 1.0), (6, 10_000.0), (7, 10.0)]
)
def test_the_same_gas_in_each_unit(code: int, shown: float) -> None:
    device = GasMonitor(GasCloud(0.2), model=XRL)
    device.show_in(code)
    words = block(device)
    assert (gas(words), words[10]) == (shown, code)
    with pytest.raises(ValueError, match="one of 1, 3, 4, 5, 6, 7"):
        device.show_in(2)


def test_power_comes_back() -> None:
    device = GasMonitor(GasCloud(0.5), model=XRL)
    assert block(device)[5] == 3
    assert device.answer(bytes.fromhex("06 00 9F 00 22"), 0)[0] == 6
    device.restart(60 * S)
    device.set_gas(0.0, 60 * S)
    words = block(device, 75 * S)
    assert (gas(words), words[5], words[6], words[7]) == (100.0, 0, Mode.WARM_UP, 3)
    assert block(device, 90 * S)[6] == Mode.NORMAL
    assert device.settings == {59: 0x22}, "what was written stays"
    device.forget()
    assert device.settings == {59: 0x11}
    assert device.answer(bytes.fromhex("06 00 66 00 00"), 0) == b"\x86\x02"


def test_a_low_supply() -> None:
    device = GasMonitor(model=XRL)
    device.set_supply(17.5)
    assert struct.unpack(">f", device.answer(bytes.fromhex("03 00 9C 00 02"), 0)[2:]) == (17_500,)
    with pytest.raises(ValueError, match="from 0 to 32"):
        device.set_supply(-1)
