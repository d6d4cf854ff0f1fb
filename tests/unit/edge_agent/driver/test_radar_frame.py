import pytest

from edge_agent.driver.radar_frame import Frame, FrameReader, Refused, encode_frame

FALL = bytes.fromhex("53 59 83 01 00 01 01 32 54 43")
HEART_67 = bytes.fromhex("53 59 85 02 00 01 43 77 54 43")  # the payload is the tail's last byte
WRONG_SUM = bytes.fromhex("53 59 02 A1 00 01 0F 60 54 43")
FALL_FRAME = Frame("83 01", b"\x01")


def test_a_frame_is_read_and_written_alike() -> None:
    assert FrameReader(64).feed(FALL) == [FALL_FRAME]
    assert encode_frame(FALL_FRAME) == FALL


def test_tail_bytes_in_the_payload_end_nothing() -> None:
    assert FrameReader(64).feed(HEART_67) == [Frame("85 02", b"\x43")]
    inside = encode_frame(Frame("81 05", b"\x54\x43\x53\x59\x01"))
    assert FrameReader(64).feed(inside) == [Frame("81 05", b"\x54\x43\x53\x59\x01")]


@pytest.mark.parametrize("size", range(1, len(FALL)))
def test_a_frame_may_come_in_two_parts(size: int) -> None:
    reader = FrameReader(64)
    assert reader.feed(FALL[:size]) == []
    assert reader.is_waiting
    assert reader.feed(FALL[size:]) == [FALL_FRAME]
    assert not reader.is_waiting


def test_a_wrong_checksum_is_named_and_the_next_frame_is_read() -> None:
    assert FrameReader(64).feed(WRONG_SUM + FALL) == [
        Refused.CHECKSUM,
        Refused.GARBAGE,
        FALL_FRAME,
    ]


def test_a_wrong_tail_is_named() -> None:
    assert FrameReader(64).feed(FALL[:-1] + b"\x44")[0] is Refused.TAIL


def test_a_length_that_can_not_be_is_not_waited_for() -> None:
    broken = bytes.fromhex("53 59 83 01 7F FF")
    assert FrameReader(64).feed(broken + FALL)[0] is Refused.TOO_LONG
    assert FALL_FRAME in FrameReader(64).feed(broken + FALL)


def test_garbage_is_one_refusal() -> None:
    assert FrameReader(64).feed(b"\x00\xff\x53" + FALL) == [Refused.GARBAGE, FALL_FRAME]


def test_a_frame_hidden_behind_a_false_length_is_found_when_the_stream_pauses() -> None:
    reader = FrameReader(64)
    assert reader.feed(bytes.fromhex("53 59 83 01 00 3F") + FALL) == []
    found = reader.give_up()
    assert FALL_FRAME in found
    assert found[0] is Refused.CUT_SHORT


def test_a_closed_port_leaves_nothing_behind() -> None:
    reader = FrameReader(64)
    reader.feed(FALL[:5])
    reader.clear()
    assert reader.feed(FALL) == [FALL_FRAME]


@pytest.mark.parametrize("code", ["", "83", "83 01 02", "zz 01"])
def test_a_code_is_two_bytes(code: str) -> None:
    with pytest.raises(ValueError, match=r"hexadecimal|command byte"):
        encode_frame(Frame(code, b""))
