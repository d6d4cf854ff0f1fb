"""Frames of the R60 family: built and found byte for byte."""

import pytest

from simulators.r60_frame import FrameReader, RadarFrame, encode

FALL_QUERY = bytes.fromhex("53 59 83 81 00 01 0F C0 54 43")
SENSITIVITY = bytes.fromhex("53 59 83 0D 00 01 03 40 54 43")


def test_encode() -> None:
    assert encode(RadarFrame(0x83, 0x81, b"\x0f")) == FALL_QUERY
    assert encode(RadarFrame(0x05, 0x03, (3600).to_bytes(4, "big"))).hex() == (
        "535905030004" + "00000e10" + "d65443"
    )


@pytest.mark.parametrize("cut", range(len(FALL_QUERY) + 1))
def test_split_at_every_byte(cut: int) -> None:
    reader = FrameReader()
    found = reader.feed(FALL_QUERY[:cut]) + reader.feed(FALL_QUERY[cut:])
    assert found == [RadarFrame(0x83, 0x81, b"\x0f")]
    assert reader.errors == 0


def test_two_glued_with_noise_around() -> None:
    reader = FrameReader()
    found = reader.feed(b"\x00\x53" + FALL_QUERY + SENSITIVITY + b"\x53")
    assert [frame.key for frame in found] == [(0x83, 0x81), (0x83, 0x0D)]


def test_tail_inside_the_data_does_not_end_the_frame() -> None:
    frame = RadarFrame(0x06, 0x02, b"\x54\x43")
    assert FrameReader().feed(encode(frame)) == [frame]


@pytest.mark.parametrize("at", [6, 7, 8, 9])
def test_damage_is_counted_and_the_next_frame_found(at: int) -> None:
    reader = FrameReader()
    damaged = bytearray(FALL_QUERY)
    damaged[at] ^= 0x10
    assert reader.feed(bytes(damaged) + SENSITIVITY) == [RadarFrame(0x83, 0x0D, b"\x03")]
    assert reader.errors >= 1


def test_an_absurd_length_does_not_swallow_what_follows() -> None:
    reader = FrameReader()
    assert reader.feed(b"\x53\x59\x01\x01\xff\xff" + FALL_QUERY) == [
        RadarFrame(0x83, 0x81, b"\x0f")
    ]


def test_forget_drops_an_unfinished_frame() -> None:
    reader = FrameReader()
    reader.feed(FALL_QUERY[:8])
    reader.forget()
    assert reader.feed(FALL_QUERY) == [RadarFrame(0x83, 0x81, b"\x0f")]
