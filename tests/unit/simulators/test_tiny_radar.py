"""Ids count, numbers are little-endian, answers come under the command's id."""

from simulators.fall_radar import FallRadar
from simulators.tiny_frame import TinyFrame, TinyReader
from simulators.tiny_radar import answer, floats, u32

S = 1_000_000


def test_numbers() -> None:
    assert floats(20.3, 0.5).hex(" ") == "66 66 a2 41 00 00 00 3f"
    assert u32(3) == b"\x03\x00\x00\x00"


def test_an_answer_has_the_command_s_id() -> None:
    name, raw = answer(TinyFrame(7, 0x0E04, b"1234"), b"\x01")
    assert name == "answer"
    assert TinyReader().feed(raw) == [TinyFrame(7, 0x0E04, b"\x01")]


def test_ids_count_wrap_and_begin_anew_after_a_reboot() -> None:
    radar = FallRadar(boot_us=0, first_id=0xFFFE)

    def idents(seconds: float) -> list[int]:
        return [frame.ident for frame in TinyReader().feed(radar.due(round(seconds * S)))]

    radar.due(0)
    assert [idents(s) for s in (0.2, 0.4)] == [[0xFFFE, 0xFFFF], [0, 1]]
    radar.reboot()
    idents(1)
    assert idents(1.2) == [0xFFFE, 0xFFFF]
