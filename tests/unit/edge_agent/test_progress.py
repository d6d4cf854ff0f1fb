"""Loops that show progress, and one that does not."""

from edge_agent.progress import Progress
from tests.virtual_clock import VirtualClock


def test_a_loop_is_late_once_its_limit_has_passed() -> None:
    clock = VirtualClock()
    progress = Progress(clock)
    show = progress.enrol("line shed", 5_000_000)
    progress.enrol("buffer", 20_000_000)
    clock.advance(5)
    assert progress.late() == ()
    clock.advance(0.001)
    assert progress.late() == ("line shed",)
    show()
    assert progress.late() == ()
    clock.advance(20.001)
    assert progress.late() == ("line shed", "buffer")
    progress.shown("buffer")
    assert progress.late() == ("line shed",)


def test_a_step_of_the_wall_clock_makes_nobody_late() -> None:
    clock = VirtualClock()
    progress = Progress(clock)
    progress.enrol("buffer", 1_000_000)
    clock.utc += 86_400_000_000
    assert progress.late() == ()
