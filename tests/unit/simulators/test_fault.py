"""Faults come when told, for as long as told, and spoil frames in their own way."""

import pytest

from simulators.fault import (
    STREAM_KINDS,
    Fault,
    FaultKind,
    FaultPlan,
    connection_reset,
    early,
    exception,
    half_frame,
    hinders,
    late,
    lateness_us,
    noise,
    resets,
    silence,
    spoil_reply,
    spoil_tcp_reply,
    wrong_checksum,
    wrong_function,
    wrong_length,
    wrong_transaction,
    wrong_unit,
)
from simulators.rtu import is_sealed, opened

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


def test_count_of_replies() -> None:
    plan = FaultPlan()
    plan.add(late(0.5, count=2))
    assert [lateness_us(plan.draw()) for _ in range(3)] == [500_000, 500_000, 0]
    assert plan.standing == ()


def test_until_cleared() -> None:
    plan = FaultPlan()
    plan.add(silence())
    assert all(hinders(plan.draw()) for _ in range(10))
    plan.clear()
    assert plan.draw() == ()


def test_several_at_once_in_a_fixed_order() -> None:
    plan = FaultPlan()
    for fault in (noise(), wrong_checksum(), late(1)):
        plan.add(fault)
    kinds = [fault.kind for fault in plan.draw()]
    assert kinds == [FaultKind.LATE, FaultKind.WRONG_CHECKSUM, FaultKind.NOISE]


def test_only_frames_of_a_name() -> None:
    plan = FaultPlan(allowed=STREAM_KINDS)
    plan.add(silence(1, only="fall"))
    assert plan.draw("movement") == ()
    assert len(plan.draw("fall")) == 1
    assert plan.draw("fall") == ()


def test_same_seed_same_draws() -> None:
    def drawn(seed: int) -> list[int]:
        plan = FaultPlan(seed=seed)
        plan.add(wrong_checksum(probability=0.5))
        return [len(plan.draw()) for _ in range(64)]

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)
    assert 0 < sum(drawn(1)) < 64


def test_bad_faults_are_refused() -> None:
    plan = FaultPlan(allowed=STREAM_KINDS)
    with pytest.raises(ValueError, match="early"):
        plan.add(early())
    with pytest.raises(ValueError, match="probability"):
        plan.add(silence(probability=1.5))


@pytest.mark.parametrize("fault", [wrong_unit(256), exception(-1), late(-1), silence(0)])
def test_figures_that_make_no_sense_are_refused(fault: Fault) -> None:
    with pytest.raises(ValueError, match="a fault has"):
        FaultPlan().add(fault)


def test_a_tcp_reply_has_an_id_and_no_checksum() -> None:
    frame = bytes.fromhex("00 07 00 00 00 04 01 02 01 01")
    assert spoil_tcp_reply(7, 1, PDU, ()) == frame
    assert spoil_tcp_reply(7, 1, PDU, (wrong_checksum(),)) == frame
    assert spoil_tcp_reply(7, 1, PDU, (connection_reset(),)) == b""
    both = spoil_tcp_reply(7, 1, PDU, (wrong_transaction(), wrong_unit(2)))
    assert both == bytes.fromhex("00 08 00 00 00 04 02 02 01 01")
    assert resets((connection_reset(),))
    assert not resets((silence(),))
