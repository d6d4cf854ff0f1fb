"""A stream's frame as faults leave it."""

import pytest

from simulators.fault import Fault, FaultPlan, half_frame, noise, silence, wrong_checksum
from simulators.stream_fault import UNCHECKED_KINDS, drip, glued, split, spoil_stream_frame

FALL = bytes.fromhex("53 59 83 01 00 01 01 32 54 43")


def test_a_wrong_checksum_stands_where_the_format_has_it() -> None:
    assert spoil_stream_frame(FALL, [wrong_checksum()], checksum_at=-3) == (
        bytes.fromhex("53 59 83 01 00 01 01 33 54 43")
    )
    assert spoil_stream_frame(FALL, [wrong_checksum()], checksum_at=None) == FALL


@pytest.mark.parametrize(
    ("fault", "left"),
    [
        (silence(), b""),
        (half_frame(), FALL[:5]),
        (noise(before=b"\x53"), b"\x53" + FALL),
        (glued(), FALL),
        (split(), FALL),
        (drip(), FALL),
    ],
)
def test_what_is_left_of_a_frame(fault: Fault, left: bytes) -> None:
    assert spoil_stream_frame(FALL, [fault], checksum_at=-3) == left


def test_a_format_without_checksum_can_not_have_a_wrong_one() -> None:
    plan = FaultPlan(allowed=UNCHECKED_KINDS)
    with pytest.raises(ValueError, match="wrong_checksum"):
        plan.add(wrong_checksum())
