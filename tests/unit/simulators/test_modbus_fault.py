"""A reply as each fault leaves it on each transport, and two replies on one wire."""

import pytest

from simulators.fault import (
    Fault,
    FaultKind,
    connection_reset,
    early,
    exception,
    half_frame,
    late,
    noise,
    silence,
    wrong_checksum,
    wrong_function,
    wrong_length,
    wrong_transaction,
    wrong_unit,
)
from simulators.modbus_fault import (
    Beside,
    beside,
    collided,
    spoil_reply,
    spoil_tcp_reply,
    twin,
)
from simulators.rtu import is_sealed, opened, seal

PDU = bytes.fromhex("02 01 01")
FRAME = bytes.fromhex("01 02 01 01 60 48")


def test_no_fault_no_change() -> None:
    assert spoil_reply(1, PDU, ()) == FRAME


@pytest.mark.parametrize(
    ("fault", "frame"),
    [
        (silence(), ""),
        (late(0.5), "01 02 01 01 60 48"),
        (exception(2), "01 82 02 C1 61"),
        (wrong_unit(2), "02 02 01 01 60 0C"),
        (early(), "01 02 01 01 60 48"),
        (wrong_function(3), "01 03 01 01 31 88"),
        (wrong_length(), "01 02 02 01 00 B8 28"),
        (wrong_checksum(), "01 02 01 01 60 49"),
        (half_frame(), "01 02 01"),
        (noise(before=b"\xff\xfe"), "FF FE 01 02 01 01 60 48"),
        (wrong_transaction(), "01 02 01 01 60 48"),
        (connection_reset(), ""),
    ],
)
def test_each_kind_spoils_a_reply(fault: Fault, frame: str) -> None:
    assert spoil_reply(1, PDU, (fault,)) == bytes.fromhex(frame)


def test_the_generic_exception_vector() -> None:
    refused = spoil_reply(1, bytes.fromhex("03 02 00 01"), (exception(2),))
    assert refused == bytes.fromhex("01 83 02 C0 F1")


def test_several_at_once_still_carry_a_right_crc() -> None:
    refused = spoil_reply(1, PDU, (exception(4), wrong_unit(2)))
    assert is_sealed(refused)
    assert opened(refused) == (2, b"\x82\x04")


def test_silence_beats_noise() -> None:
    assert spoil_reply(1, PDU, (silence(), noise())) == b""


def test_a_tcp_reply_has_an_id_and_no_checksum() -> None:
    frame = bytes.fromhex("00 07 00 00 00 04 01 02 01 01")
    assert spoil_tcp_reply(7, 1, PDU, ()) == frame
    assert spoil_tcp_reply(7, 1, PDU, (wrong_checksum(),)) == frame
    assert spoil_tcp_reply(7, 1, PDU, (connection_reset(),)) == b""
    both = spoil_tcp_reply(7, 1, PDU, (wrong_transaction(), wrong_unit(2)))
    assert both == bytes.fromhex("00 08 00 00 00 04 02 02 01 01")


def test_a_twin_answers_too() -> None:
    asked: list[tuple[bytes, int]] = []

    def answer(pdu: bytes, now: int) -> bytes:
        asked.append((pdu, now))
        return b"\x02\x01\x0d"

    fault = twin(answer, 0.3, 2)
    assert (fault.kind, fault.count) == (FaultKind.TWIN, 2)
    assert beside(b"\x02", 7, (silence(), fault)) == Beside(b"\x02\x01\x0d", 300_000)
    assert asked == [(b"\x02", 7)]
    assert beside(b"\x02", 7, (silence(),)) is None


@pytest.mark.parametrize("shift", range(1, 6))
def test_what_collides_has_no_right_checksum(shift: int) -> None:
    wire = collided(FRAME, seal(1, b"\x02\x01\x0d"), shift)
    assert len(wire) == shift + 6
    assert wire[:shift] == FRAME[:shift]
    assert not is_sealed(wire)
    assert not is_sealed(wire[:6])


def test_a_driven_0_wins() -> None:
    assert collided(b"\xf0\x0f", b"\x3c\xff", 0) == b"\x30\x0f"
    assert collided(b"\xf0\x0f", b"\x3c", 1) == b"\xf0\x0c"
