"""SIGKILL at random moments: the buffer starts again with all that it had committed."""

from pathlib import Path

from tests.killed_buffer import killed

KILLS = 4


def test_a_kill_loses_nothing_that_was_committed(tmp_path: Path) -> None:
    """200 of them in `bench/buffer_cuts.py`."""
    had_to_be_there = 0
    for seed in range(KILLS):
        checked, wrong = killed(tmp_path / "run", seed)
        assert not wrong, wrong
        had_to_be_there += checked
    assert had_to_be_there > 0
