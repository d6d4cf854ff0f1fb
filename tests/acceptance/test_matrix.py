"""The matrix of faults: one seeded cell per row here, all of it in `make matrix`, long in `soak`.

LIFELINE_MATRIX=all plays every cell, LIFELINE_MATRIX=soak every cell for ten rounds of 60 s;
LIFELINE_SEED chooses other moments.
"""

import os
from pathlib import Path
from random import Random

import pytest

from tests.acceptance.fault_cell import Fault, Pace, Victim, play

EXTENT = os.environ.get("LIFELINE_MATRIX", "row")
SEED = int(os.environ.get("LIFELINE_SEED", "1"))
# The alarm centre is not ours and keeps no queue on a disk.
CELLS = [
    (victim, fault)
    for victim in Victim
    for fault in Fault
    if (victim, fault) != (Victim.CENTRE, Fault.DISK_FULL)
]


def chosen() -> list[tuple[Victim, Fault]]:
    if EXTENT in ("all", "soak"):
        return CELLS
    dice = Random(SEED)
    return [dice.choice([cell for cell in CELLS if cell[0] is victim]) for victim in Victim]


@pytest.mark.slow
@pytest.mark.timeout(300 if EXTENT != "soak" else 3_600)
@pytest.mark.parametrize(("victim", "fault"), chosen())
async def test_nothing_is_lost_and_alarms_arrive(
    tmp_path: Path,
    victim: Victim,
    fault: Fault,
) -> None:
    pace = Pace(outage_s=60.0, rounds=10) if EXTENT == "soak" else Pace()
    await play(tmp_path, victim, fault, SEED, pace)
