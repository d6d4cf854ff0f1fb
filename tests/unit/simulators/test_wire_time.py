"""Characters take their time."""

import pytest

from simulators.wire_time import Sender, WireFormat


def test_bits_per_character() -> None:
    assert WireFormat(9600, "N", 2).bits_per_character == 11
    assert WireFormat(9600, "N", 1).bits_per_character == 10
    assert WireFormat(19200, "E", 1).bits_per_character == 11


def test_durations_round_up() -> None:
    assert WireFormat(9600, "N", 2).duration_us(8) == 9167
    assert WireFormat(9600, "N", 1).duration_us(0) == 0


def test_gap_is_three_and_a_half_characters_and_fixed_above_19200() -> None:
    assert WireFormat(9600, "N", 2).gap_us == 4011
    assert WireFormat(19200, "E", 1).gap_us == 2006
    assert WireFormat(115_200, "N", 1).gap_us == 1750


def test_pieces_arrive_when_their_last_character_is_whole() -> None:
    wire = WireFormat(9600, "N", 2)
    assert list(wire.pieces(b"abcdef", 1000)) == [
        (1000 + wire.duration_us(4), b"abcd"),
        (1000 + wire.duration_us(6), b"ef"),
    ]


def test_no_wire_without_speed() -> None:
    with pytest.raises(ValueError, match="baud"):
        WireFormat(0)


def test_sender_sends_one_frame_after_the_other() -> None:
    wire = WireFormat(9600, "N", 1)
    sender = Sender(wire)
    sender.send(b"abcd", 0)
    sender.send(b"ef", 0)
    assert sender.busy
    assert sender.due(wire.duration_us(4) - 1) == b""
    assert sender.due(wire.duration_us(4)) == b"abcd"
    assert sender.next_us == wire.duration_us(4) + wire.duration_us(2)
    assert sender.due(10**9) == b"ef"
    assert sender.next_us is None


def test_sender_with_nothing_to_send_stays_idle() -> None:
    sender = Sender(WireFormat())
    sender.send(b"", 5)
    assert not sender.busy
