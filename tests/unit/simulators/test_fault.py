"""Faults come when told, for as long as told, and spoil frames in their own way."""

import pytest

from simulators.fault import (
    STREAM_KINDS,
    Fault,
    FaultKind,
    FaultPlan,
    away,
    connection_reset,
    early,
    exception,
    hinders,
    late,
    lateness_us,
    noise,
    resets,
    silence,
    wrong_checksum,
    wrong_unit,
)


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


def test_a_fault_of_its_own_time_ends() -> None:
    plan = FaultPlan()
    plan.add(away(5_000))
    assert [hinders(plan.draw(now=now)) for now in (0, 4_999, 5_000, 0)] == [1, 1, 0, 0]
    assert plan.standing == ()


def test_what_resets_a_connection() -> None:
    assert resets((connection_reset(),))
    assert not resets((silence(),))
