"""A loop that shows nothing within its limit is late, and only that one."""

from runtime.progress import Progress
from tests.standing_clock import StandingClock


def test_each_loop_has_its_own_limit() -> None:
    clock = StandingClock()
    progress = Progress(clock)
    quick, slow = progress.enrol("quick", 10), progress.enrol("slow", 100)
    clock.advance(11)
    assert progress.late() == ("quick",)
    quick()
    assert progress.late() == ()
    clock.advance(100)
    assert progress.late() == ("quick", "slow")
    slow()
    quick()
    assert progress.late() == ()


def test_nothing_is_expected_of_one_that_was_withdrawn() -> None:
    clock = StandingClock()
    progress = Progress(clock)
    progress.enrol("line", 10)
    progress.withdraw("line")
    progress.withdraw("never enrolled")
    progress.shown("line")  # left behind, still at it
    clock.advance(11)
    assert progress.late() == ()


def test_a_step_of_the_wall_clock_makes_nobody_late() -> None:
    clock = StandingClock()
    progress = Progress(clock)
    progress.enrol("loop", 10)
    clock.step(1_000_000)
    assert progress.late() == ()
