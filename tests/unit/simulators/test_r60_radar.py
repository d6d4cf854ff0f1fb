"""What every radar of the family does, shown at a small one."""

from collections.abc import Sequence
from typing import ClassVar

import pytest

from simulators.person import Body
from simulators.r60_frame import RadarFrame, encode
from simulators.r60_radar import R60Radar
from simulators.r60_words import MODEL, R60Setting, R60Words
from simulators.stream_radar import Timed


class Small(R60Radar):
    WORDS = R60Words(
        {"fall": (0x83, 0x01)},
        {(0x83, 0x81): "fall"},
        {"fall_switch": R60Setting(0x83, 0x00, 1, 0, 1, 1)},
    )
    NAMES = ("fall",)
    REST: ClassVar = {"fall": 0}
    MADE: ClassVar = {MODEL: b"SMALL"}

    def _look(self, bodies: Sequence[Body], now: int) -> None:  # noqa: ARG002 - sees at any time
        self.conditions.sense("fall", len(bodies))

    def _timed(self) -> dict[str, Timed]:
        return {}


def asked(radar: Small, control: int, command: int, data: bytes = b"\x0f", now: int = 501) -> str:
    return radar.received(encode(RadarFrame(control, command, data)), now)[:-3].hex(" ")


def ready() -> Small:
    radar = Small(boot_us=500)
    radar.due(0)
    radar.due(500)
    return radar


@pytest.mark.parametrize(
    ("control", "command", "data", "answer"),
    [
        (0x83, 0x81, b"\x0f", "53 59 83 81 00 01 00"),
        (0x83, 0x80, b"\x0f", "53 59 83 80 00 01 01"),
        (0x83, 0x00, b"\x00", "53 59 83 00 00 01 00"),
        (0x02, 0xA1, b"\x0f", "53 59 02 a1 00 05 53 4d 41 4c 4c"),
        (0x05, 0x81, b"\x0f", "53 59 05 81 00 01 01"),
        (0x01, 0x02, b"\x0f", "53 59 01 02 00 01 0f"),
        (0x83, 0x00, b"\x02", ""),
        (0x83, 0x99, b"\x0f", ""),
        (0x02, 0xA9, b"\x0f", ""),
    ],
)
def test_answers(control: int, command: int, data: bytes, answer: str) -> None:
    radar = ready()
    assert asked(radar, control, command, data) == answer
    assert radar.ignored == (answer == "")


def test_only_the_init_query_is_answered_while_it_boots() -> None:
    radar = Small(boot_us=500)
    radar.due(0)
    assert asked(radar, 0x83, 0x81, now=1) == ""
    assert asked(radar, 0x05, 0x81, now=2) == "53 59 05 81 00 01 00"


def test_what_still_holds() -> None:
    radar = ready()
    assert radar._holding(["fall"]) == []
    radar.conditions.put("fall", 1)
    assert radar._holding(["fall"]) == [("fall", bytes.fromhex("53 59 83 01 00 01 01 32 54 43"))]


def test_a_command_after_a_reset_in_the_same_bytes_does_not_lose_its_answer() -> None:
    radar = ready()
    reset = encode(RadarFrame(0x01, 0x02, b"\x0f"))
    query = encode(RadarFrame(0x83, 0x81, b"\x0f"))
    assert radar.received(reset + query, 600) == reset
