"""The MR60FDA2 as its host sees it, against every published frame of it."""

import pytest

from simulators.fall_radar import FallRadar
from simulators.fault import noise, silence, wrong_checksum
from simulators.person import Person
from simulators.stream_fault import frozen
from simulators.tiny_frame import TinyFrame, TinyReader, encode
from simulators.tiny_radar import floats, u32

S = 1_000_000
TICK = 200_000
NO_FALL = "01 00 00 00 01 0E 02 F3 00 FF"
FALL = "01 00 00 00 01 0E 02 F3 01 FE"
HUMAN = "01 00 01 00 01 0F 09 F8 01 FE"
GET = "01 00 00 00 00 0E 06 F6"
FACTORY = (
    "01 00 00 00 1C 0E 06 EA CD CC 0C 40 00 00 00 3F 03 00 00 00 "
    "00 00 00 3F 00 00 00 3F 00 00 00 3F 00 00 00 3F 8E"
)


def started(**more: object) -> FallRadar:
    radar = FallRadar(boot_us=0, **more)  # type: ignore[arg-type]  # its keys are this file's own
    radar.due(0)
    return radar


def told(radar: FallRadar, now: int) -> str:
    return radar.due(now).hex(" ").upper()


def asked(radar: FallRadar, frame: str, now: int = 1) -> str:
    return radar.received(bytes.fromhex(frame), now).hex(" ").upper()


def sent(radar: FallRadar, kind: int, data: bytes = b"") -> str:
    return radar.received(encode(TinyFrame(0, kind, data)), 1).hex(" ").upper()


def test_fall_and_presence_come_again_and_again() -> None:
    radar = started()
    radar.set_presence(True)
    radar.set_fall(True)
    assert told(radar, TICK) == f"{FALL} {HUMAN}"
    radar.set_fall(False)
    again = TinyReader().feed(radar.due(2 * TICK))
    assert again == [TinyFrame(2, 0x0E02, b"\x00"), TinyFrame(3, 0x0F09, b"\x01")]


def test_no_fall() -> None:
    assert told(started(), TICK).startswith(NO_FALL)


def test_parameters() -> None:
    assert asked(started(), GET) == FACTORY
    short = bytes.fromhex(asked(started(zones=False), GET))
    assert short[8:-1] == floats(2.2, 0.5) + u32(3)


def test_published_settings() -> None:
    radar = started()
    answer = asked(radar, "01 00 00 00 04 0E 04 F0 66 66 26 40 99")
    assert answer == "01 00 00 00 01 0E 04 F5 01 FE"
    assert radar.settings["height_m"] == pytest.approx(2.6)
    assert asked(radar, "01 00 00 00 00 21 10 CF") == ""
    assert asked(radar, GET) == FACTORY


@pytest.mark.parametrize(
    ("kind", "data", "name", "value"),
    [
        (0x0E08, floats(0.6), "threshold_m", 0.6),
        (0x0E0A, u32(10), "sensitivity", 10),
        (0x0E0C, floats(0.1, 0.2, 0.3, 0.4), "rect_front_m", 0.3),
    ],
)
def test_settings_are_acknowledged_and_kept(
    kind: int, data: bytes, name: str, value: float
) -> None:
    radar = started()
    assert sent(radar, kind, data).endswith("01 FE")
    assert radar.settings[name] == pytest.approx(value)


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (0x0E04, floats(1.0)),
        (0x0E04, floats(5.5)),
        (0x0E04, floats(float("nan"))),
        (0x0E08, floats(0.0)),
        (0x0E0A, u32(0)),
        (0x0E0C, floats(0.1, 0.2, 0.3, float("inf"))),
    ],
)
def test_settings_out_of_range_are_refused(kind: int, data: bytes) -> None:
    radar = started()
    before = dict(radar.settings)
    assert sent(radar, kind, data).endswith("00 FF")
    assert radar.settings == before


@pytest.mark.parametrize(
    ("kind", "data"), [(0x9999, b""), (0x0E04, b"\x01"), (0x0E06, b"\x01"), (0x0E0A, b"\x01")]
)
def test_what_it_does_not_know_gets_no_answer(kind: int, data: bytes) -> None:
    radar = started()
    assert sent(radar, kind, data) == ""
    assert radar.ignored == 1


def test_target_height_is_told_on_demand_until_a_reboot() -> None:
    radar = started()
    assert "0E 0E" not in told(radar, TICK)
    assert asked(radar, "01 80 00 00 00 0E 0E 7E") == ""
    radar.conditions.put("target_height", 1.5)
    assert "00 04 0E 0E FE 00 00 C0 3F 00" in told(radar, 2 * TICK)
    radar.reboot()
    assert "0E 0E" not in told(radar, 3 * TICK) + told(radar, 4 * TICK)


def test_a_fall_watched() -> None:
    radar, person = started(), Person()
    radar.watch(person)
    person.walk(0)
    radar.due(5 * S)
    assert radar.state()["presence"] == 1
    person.fall(5 * S)
    assert radar.due(5 * S + 500_000)
    assert radar.state()["fall"] == 0
    radar.due(7 * S)
    assert radar.state()["fall"] == 1
    assert radar.state()["target_height"] == pytest.approx(0.12)
    person.get_up(20 * S)
    radar.due(23 * S)
    assert radar.state()["fall"] == 0
    radar.due(30 * S)
    person.leave(30 * S)
    radar.due(32 * S)
    assert radar.state()["presence"] == 1
    radar.due(34 * S)
    assert radar.state()["presence"] == 0


def test_faults() -> None:
    radar = started()
    radar.faults.add(wrong_checksum(1, only="fall"))
    radar.faults.add(noise(1, before=b"\x01", only="presence"))
    assert told(radar, TICK) == f"{NO_FALL[:-2]}00 01 {HUMAN[:-5]}00 FF"
    radar.faults.add(silence(1, only="fall"))
    assert [one.kind for one in TinyReader().feed(radar.due(2 * TICK))] == [0x0F09]
    radar.faults.add(frozen(only="fall"))
    assert [one.ident for one in TinyReader().feed(radar.due(3 * TICK))] == [2, 5]


def test_settings_it_can_not_have() -> None:
    for name, value in (("height_m", 0.5), ("volume", 1)):
        with pytest.raises(ValueError, match=name):
            FallRadar(settings={name: value})
    assert FallRadar(settings={"height_m": 2.6}).settings["height_m"] == 2.6


def test_nothing_is_answered_while_it_boots() -> None:
    radar = FallRadar(boot_us=500)
    radar.due(0)
    assert asked(radar, GET) == ""
