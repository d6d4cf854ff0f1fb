"""The power goes between any two calls of a recorded run: every row that was committed is there."""

import random
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cut_off import Cutter
from tests.write_recorder import Call, Loss, built, recorded

SEED, TURNS, CUTS = 7, 60, 60


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> list[Call]:
    folder = tmp_path_factory.mktemp("recorded")
    return recorded(built(folder), folder, SEED, TURNS)


def test_a_cut_anywhere_loses_nothing_that_was_committed(calls: list[Call], tmp_path: Path) -> None:
    """All of it, also in `bench/buffer_cuts.py`; here some, another place for each kind of loss."""
    cutter = Cutter(calls, tmp_path / "image")
    places = sorted(random.Random(SEED).sample(range(len(calls) + 1), CUTS))
    losses = list(Loss)
    for number, place in enumerate(places):
        cutter.until(place)
        wrong = cutter.cut(losses[number % len(losses)], place)
        assert not wrong, wrong
    assert cutter.rows_checked > CUTS


def test_the_run_that_is_cut_has_all_that_a_buffer_does(calls: list[Call]) -> None:
    """Commits, copies of the log into the file, an end in order."""
    made = {(call.what, call.file) for call in calls}
    assert {("W", "w"), ("W", "d"), ("S", "w"), ("S", "d"), ("U", "w")} <= made


def test_a_disk_that_syncs_nothing_is_found_out(calls: list[Call], tmp_path: Path) -> None:
    """Else the test above would prove nothing."""
    lying = [replace(call, what="-", file="-") if call.what == "S" else call for call in calls]
    cutter = Cutter(lying, tmp_path / "image")
    cutter.until(len(calls) // 2)
    assert "lost" in cutter.cut(Loss.ALL, 1)
