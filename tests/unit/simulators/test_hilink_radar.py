"""Configuration mode: entered first, silent inside, left at the end; what a restart keeps."""

import pytest

from simulators.hilink_frame import HilinkCommand, encode, u16
from simulators.hilink_radar import HilinkRadar
from simulators.presence_radar import PresenceRadar
from simulators.track_radar import TrackRadar

S = 1_000_000
ENABLE = "FD FC FB FA 04 00 FF 00 01 00 04 03 02 01"
ENABLED = "FD FC FB FA 08 00 FF 01 00 00 01 00 40 00 04 03 02 01"


def radars() -> list[HilinkRadar]:
    made: list[HilinkRadar] = [PresenceRadar(boot_us=0), TrackRadar(boot_us=0)]
    for radar in made:
        radar.due(0)
    return made


def sent(radar: HilinkRadar, word: int, value: bytes = b"", now: int = 1) -> str:
    """Send a command; return the word, status and data of its acknowledgement."""
    answer = radar.received(encode(HilinkCommand(word, value)), now)
    return answer[6:-4].hex(" ").upper()


@pytest.mark.parametrize("radar", radars(), ids=["ld2410", "ld2450"])
def test_a_configuration_from_begin_to_end(radar: HilinkRadar) -> None:
    assert radar.due(100_000)
    assert sent(radar, 0xA0) == "A0 01 01 00"
    assert radar.received(bytes.fromhex(ENABLE), 1).hex(" ").upper() == ENABLED
    assert radar.due(S) == b""
    assert sent(radar, 0xA0) == "A0 01 00 00 00 01 02 01 16 24 06 22"
    assert sent(radar, 0xA1, u16(5)) == "A1 01 00 00"
    assert radar.settings["baud"] == 5
    assert sent(radar, 0xA1, u16(9)) == "A1 01 01 00"
    assert sent(radar, 0x77) == "77 01 01 00"
    assert sent(radar, 0xFE) == "FE 01 00 00"
    assert radar.due(2 * S)
    assert sent(radar, 0xFE) == "FE 01 01 00"


def test_a_wrong_value_does_not_enable() -> None:
    radar, _ = radars()
    assert sent(radar, 0xFF, u16(2)) == "FF 01 01 00"
    assert sent(radar, 0xA0) == "A0 01 01 00"


def test_factory_settings_come_with_the_restart() -> None:
    radar, _ = radars()
    sent(radar, 0xFF, u16(1))
    sent(radar, 0xA1, u16(5))
    assert sent(radar, 0xA2) == "A2 01 00 00"
    assert radar.settings["baud"] == 5
    assert sent(radar, 0xA3) == "A3 01 00 00"
    radar.due(2)
    assert radar.settings["baud"] == 7
    assert radar.due(200_000)
    assert radar.reboots == 1


def test_settings_stay_over_a_restart_unless_they_were_not_saved() -> None:
    radar, _ = radars()
    sent(radar, 0xFF, u16(1))
    sent(radar, 0xA1, u16(5))
    radar.reboot()
    radar.due(2)
    assert radar.settings["baud"] == 5
    radar.settings.forget()
    sent(radar, 0xFF, u16(1))
    sent(radar, 0xA1, u16(4))
    radar.reboot()
    radar.due(3)
    assert radar.settings["baud"] == 5


def test_nothing_is_answered_while_it_boots() -> None:
    radar = PresenceRadar()
    radar.due(0)
    assert sent(radar, 0xFF, u16(1)) == ""
