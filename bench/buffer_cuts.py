"""Cuts the power at every write and sync of a run of the buffer, kills it, breaks its bytes.

What was not synced at the cut is there, in part, or not. After each the buffer starts, and every
row that was committed is there with the content that it had; of a broken file, every row that did
not stand on the broken bytes.
"""

import argparse
import sys
import time
from pathlib import Path

from figures.record import Bench, bench

sys.path.insert(0, str(Path(__file__).parents[1]))  # the suite's own tools

from tests.broken_buffer import use
from tests.cut_off import Cutter
from tests.killed_buffer import killed
from tests.property.test_broken_buffer import survives
from tests.write_recorder import Loss, built, recorded

_TURNS = 120


def cut_everywhere(folder: Path, seed: int) -> tuple[dict[str, int], list[str]]:
    run = folder / f"run-{seed}"
    run.mkdir()
    calls = recorded(built(folder), run, seed, _TURNS)
    cutter, wrong = Cutter(calls, folder / "image"), []
    for place in range(len(calls) + 1):
        cutter.until(place)
        wrong += [said for loss in Loss if (said := cutter.cut(loss, place))]
    return {"calls": len(calls), "cuts": cutter.cuts, "rows_checked": cutter.rows_checked}, wrong


def kill_often(folder: Path, count: int, seed: int) -> tuple[dict[str, int], list[str]]:
    checked, wrong = 0, []
    for number in range(count):
        rows, said = killed(folder / "killed", seed + number)
        checked += rows
        wrong += [said] if said else []
    return {"kills": count, "rows_checked": checked}, wrong


def break_often(folder: Path, count: int, seed: int) -> tuple[dict[str, int], list[str]]:
    (folder / "used").mkdir()
    (folder / "broken").mkdir()
    used, lost, wrong = use(folder / "used", seed), 0, []
    for number in range(count):
        try:
            lost += survives(used, folder / "broken", seed + number)
        except AssertionError as error:
            wrong.append(str(error))
    figures = {"breaks": count, "rows_each": len(used.truth), "lost_on_broken_bytes": lost}
    return figures, wrong


def report(run: Bench, seed: int, kills: int, breaks: int) -> bool:
    began = time.perf_counter()
    parts = {
        "cuts": cut_everywhere(run.folder, seed),
        "kills": kill_often(run.folder, kills, seed),
        "broken": break_often(run.folder, breaks, seed),
    }
    figures = {name: {**said, "wrong": len(wrong)} for name, (said, wrong) in parts.items()}
    lines = [f"{name}: {said}" for name, said in figures.items()]
    lines += [said for _, wrong in parts.values() for said in wrong[:5]]
    seconds = round(time.perf_counter() - began)
    run.report([*lines, f"seed {seed}, {seconds} s"], {"seed": seed, "figures": figures})
    return not any(wrong for _, wrong in parts.values())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 10**6)
    parser.add_argument("--kills", type=int, default=200, help="(%(default)s)")
    parser.add_argument("--breaks", type=int, default=2_000, help="(%(default)s)")
    with bench("buffer_cuts", parser) as run:
        said = run.arguments
        is_sound = report(run, said.seed, said.kills, said.breaks)
    sys.exit(0 if is_sound else 1)


if __name__ == "__main__":
    main()
