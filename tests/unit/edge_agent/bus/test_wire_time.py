"""The times of the wire, against figures worked out by hand."""

import pytest

from edge_agent.bus.wire_time import NoWire, Parity, SerialFormat, WireTime


@pytest.mark.parametrize(
    ("shape", "bits"),
    [
        (SerialFormat(9600, Parity.NONE, 1), 10),
        (SerialFormat(9600, Parity.NONE, 2), 11),
        (SerialFormat(19200, Parity.EVEN, 1), 11),
    ],
)
def test_bits_of_a_character(shape: SerialFormat, bits: int) -> None:
    assert shape.bits == bits


@pytest.mark.parametrize(
    ("baud", "gap_us"), [(9600, 3646), (19_200, 1823), (19_201, 1750), (115_200, 1750)]
)
def test_the_gap_is_three_and_a_half_characters_and_fixed_above_19200(
    baud: int, gap_us: int
) -> None:
    assert SerialFormat(baud).gap_us == gap_us


def test_durations_are_rounded_up() -> None:
    assert SerialFormat(9600).duration_us(8) == 8334
    assert SerialFormat(9600).duration_us(0) == 0


def test_no_reply_is_there_before_request_and_reply_have_passed() -> None:
    shape = SerialFormat(9600)
    assert shape.earliest_us(1_000, 8, 6) == 1_000 + shape.duration_us(14) * 95 // 100


@pytest.mark.parametrize(
    ("baud", "stop_bits", "named"), [(0, 1, "baud is 0"), (9600, 3, "stop_bits is 3")]
)
def test_what_no_uart_can_be_set_to_is_refused(baud: int, stop_bits: int, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        SerialFormat(baud, stop_bits=stop_bits)


def test_without_a_wire_there_is_no_time_to_keep() -> None:
    wire: WireTime = NoWire()
    assert (wire.gap_us, wire.duration_us(256), wire.earliest_us(7, 8, 256)) == (0, 0, 7)
