"""Frames out, and the one reply that is believed; frames as printed in the makers' manuals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.bus.modbus import (
    Verdict,
    encode,
    expected_length,
    is_same_shape,
    match,
    stale_units,
)
from edge_agent.exchange import Read, Request, Table, Write
from simulators.rtu import seal

SMOKE = Read(1, Table.DISCRETE_INPUTS, 0, 4)
LEVEL = Read(3, Table.HOLDING_REGISTERS, 0, 1)
PAIR = Read(3, Table.HOLDING_REGISTERS, 0, 2)
RESET = Write(1, 0, 234)


@pytest.mark.parametrize(
    ("request_", "frame"),
    [
        (SMOKE, "01 02 00 00 00 04 79 C9"),
        (LEVEL, "03 03 00 00 00 01 85 E8"),
        (RESET, "01 06 00 00 00 EA 08 45"),
        (Read(1, Table.COILS, 0, 1), "01 01 00 00 00 01 FD CA"),
        (Read(1, Table.INPUT_REGISTERS, 0, 1), "01 04 00 00 00 01 31 CA"),
    ],
)
def test_a_request_is_the_frame_that_the_makers_print(request_: Request, frame: str) -> None:
    assert encode(request_) == bytes.fromhex(frame)


@pytest.mark.parametrize(
    "request_",
    [
        Read(0, Table.COILS, 0, 1),
        Read(256, Table.COILS, 0, 1),
        Read(1, Table.COILS, 0, 2001),
        Read(1, Table.HOLDING_REGISTERS, 0, 126),
        Read(1, Table.HOLDING_REGISTERS, 0, 0),
        Read(1, Table.HOLDING_REGISTERS, 65_536, 1),
        Write(1, 0, 65_536),
        Write(1, -1, 0),
    ],
)
def test_what_no_frame_can_carry_is_refused(request_: Request) -> None:
    with pytest.raises(ValueError, match=r"\d"):
        encode(request_)


@pytest.mark.parametrize(
    ("request_", "frame", "words"),
    [
        (SMOKE, "01 02 01 01 60 48", (1, 0, 0, 0)),
        (SMOKE, "01 02 01 0D 60 4D", (1, 0, 1, 1)),
        (LEVEL, "03 03 02 01 23 81 CD", (0x123,)),
        (RESET, "01 06 00 00 00 EA 08 45", (234,)),
    ],
)
def test_the_reply_is_taken(request_: Request, frame: str, words: tuple[int, ...]) -> None:
    found = match(bytes.fromhex(frame), request_)
    assert (found.verdict, found.words) == (Verdict.REPLY, words)
    assert found.size == found.end == expected_length(request_)


def test_bits_go_on_in_the_next_byte() -> None:
    request = Read(1, Table.COILS, 0, 10)
    found = match(seal(1, b"\x01\x02\x01\x02"), request)
    assert found.words == (1, 0, 0, 0, 0, 0, 0, 0, 0, 1)


def test_an_exception_is_taken_with_its_code() -> None:
    found = match(bytes.fromhex("01 83 02 C0 F1"), Read(1, Table.HOLDING_REGISTERS, 0, 1))
    assert (found.verdict, found.code) == (Verdict.EXCEPTION, 2)


@pytest.mark.parametrize(
    ("heard", "verdict"),
    [
        (b"", Verdict.SILENCE),
        (b"\x00\xff", Verdict.NOISE),
        (b"\x03\x03\x04\x00\x01", Verdict.INCOMPLETE),
        (seal(3, b"\x03\x04\x00\x01\x00\x02")[:-1] + b"\x00", Verdict.CRC),
        (seal(4, b"\x03\x04\x00\x01\x00\x02"), Verdict.WRONG_UNIT),
        (seal(3, b"\x04\x04\x00\x01\x00\x02"), Verdict.WRONG_FUNCTION),
        (seal(3, b"\x84\x02"), Verdict.WRONG_FUNCTION),
        (seal(3, b"\x03\x02\x00\x01"), Verdict.WRONG_LENGTH),
        (seal(3, b"\x03\x06\x00\x01\x00\x02\x00\x03"), Verdict.WRONG_LENGTH),
    ],
)
def test_what_is_not_the_reply_is_refused_by_name(heard: bytes, verdict: Verdict) -> None:
    assert match(heard, PAIR).verdict is verdict


def test_a_write_wants_its_own_echo() -> None:
    assert match(seal(1, b"\x06\x00\x00\x00\xeb"), RESET).verdict is Verdict.WRONG_ECHO


def test_sound_frames_of_others_are_skipped_whole_and_named() -> None:
    late = seal(7, b"\x03\x04\x03\x03\x04\x00")
    found = match(b"\x00" + late + seal(3, b"\x03\x04\x00\x01\x00\x02"), PAIR)
    assert (found.verdict, found.words, found.stale) == (Verdict.REPLY, (1, 2), (7,))
    assert stale_units(b"\xff" + late + late) == (7, 7)


def test_the_same_shape_is_the_same_function_and_length() -> None:
    assert is_same_shape(SMOKE, Read(1, Table.DISCRETE_INPUTS, 0, 3))
    assert not is_same_shape(SMOKE, Read(1, Table.DISCRETE_INPUTS, 0, 9))
    assert not is_same_shape(LEVEL, Read(3, Table.INPUT_REGISTERS, 0, 1))
    assert not is_same_shape(LEVEL, PAIR)


@given(st.binary(max_size=24), st.lists(st.integers(0, 0xFFFF), min_size=1, max_size=20))
def test_noise_before_a_reply_never_changes_it(before: bytes, words: list[int]) -> None:
    content = b"".join(word.to_bytes(2, "big") for word in words)
    frame = seal(9, bytes((4, len(content))) + content)
    request = Read(9, Table.INPUT_REGISTERS, 0, len(words))
    found = match(before + frame, request)
    assert (found.verdict, found.words) == (Verdict.REPLY, tuple(words))


@given(st.binary(max_size=64))
def test_any_bytes_get_a_verdict(heard: bytes) -> None:
    assert match(heard, PAIR).verdict in Verdict
