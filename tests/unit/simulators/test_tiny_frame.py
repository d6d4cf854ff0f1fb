"""TinyFrames: built and found byte for byte, with false starts in every place."""

import pytest

from simulators.tiny_frame import TinyFrame, TinyReader, encode

SET_HEIGHT = bytes.fromhex("01 00 00 00 04 0E 04 F0 66 66 26 40 99")
GET = bytes.fromhex("01 00 00 00 00 0E 06 F6")


@pytest.mark.parametrize(
    ("frame", "raw"),
    [
        (TinyFrame(0, 0x0E02, b"\x01"), "01 00 00 00 01 0E 02 F3 01 FE"),
        (TinyFrame(0, 0x0E02, b"\x00"), "01 00 00 00 01 0E 02 F3 00 FF"),
        (TinyFrame(1, 0x0F09, b"\x01"), "01 00 01 00 01 0F 09 F8 01 FE"),
        (TinyFrame(0, 0x0E06), "01 00 00 00 00 0E 06 F6"),
        (TinyFrame(0, 0x2110), "01 00 00 00 00 21 10 CF"),
        (TinyFrame(0x8000, 0x0E0E), "01 80 00 00 00 0E 0E 7E"),
        (TinyFrame(0x8000, 0xFFFF), "01 80 00 00 00 FF FF 7E"),
    ],
)
def test_published_frames(frame: TinyFrame, raw: str) -> None:
    assert encode(frame).hex(" ").upper() == raw
    assert TinyReader().feed(bytes.fromhex(raw)) == [frame]


@pytest.mark.parametrize("raw", [SET_HEIGHT, GET])
def test_split_at_every_byte(raw: bytes) -> None:
    for cut in range(len(raw) + 1):
        reader = TinyReader()
        assert len(reader.feed(raw[:cut]) + reader.feed(raw[cut:])) == 1
        assert reader.errors == 0


def test_glued_commands_and_false_starts() -> None:
    reader = TinyReader()
    found = reader.feed(b"\x01" + GET + b"\x01\x01\x00" + SET_HEIGHT + b"\x00" + GET)
    assert [frame.kind for frame in found] == [0x0E06, 0x0E04, 0x0E06]
    assert reader.errors == 3


def test_a_frame_inside_the_data_of_another() -> None:
    outer = TinyFrame(1, 0x0A04, GET + GET)
    assert TinyReader().feed(encode(outer)) == [outer]


@pytest.mark.parametrize("at", range(1, len(SET_HEIGHT)))
def test_damage_is_counted_and_the_next_frame_found(at: int) -> None:
    reader = TinyReader()
    damaged = bytearray(SET_HEIGHT)
    damaged[at] ^= 0x10
    assert [frame.kind for frame in reader.feed(bytes(damaged) + GET)] == [0x0E06]
    assert reader.errors >= 1


def test_an_absurd_length_does_not_swallow_what_follows() -> None:
    reader = TinyReader(longest=64)
    long = encode(TinyFrame(0, 0x0E04, bytes(65)))
    assert [frame.kind for frame in reader.feed(long[:8] + GET)] == [0x0E06]


def test_forget_drops_an_unfinished_frame() -> None:
    reader = TinyReader()
    reader.feed(SET_HEIGHT[:10])
    reader.forget()
    assert len(reader.feed(GET)) == 1
