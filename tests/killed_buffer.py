"""Kills a run of the buffer at a moment of its own, and looks at what is left."""

import json
import random
import shutil
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from edge_agent.buffer import rows
from runtime.database import connect
from tests.brought_in import brought_in
from tests.patience import until_true
from tests.recorded_run import held, names_of


def killed(folder: Path, seed: int) -> tuple[int, str]:
    """How many keys had to be there, and what is wrong (empty: nothing)."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    command = [sys.executable, "-m", "tests.recorded_run", str(folder), str(seed), "100000"]
    with subprocess.Popen(command, cwd=Path(__file__).parents[1]) as child:
        try:
            lines = random.Random(seed).randint(1, 60)
            until_true(lambda: _marks(folder) >= lines)
        finally:
            child.send_signal(signal.SIGKILL)
    there: set[str] = set()
    gone: set[str] = set()
    for line in (folder / "marks").read_bytes().splitlines():
        said = json.loads(line)
        gone |= set(said.get("gone", ()))
        there |= set(said.get("there", ()))
    path = folder / "buffer.db"
    notices = brought_in(path)
    with closing(connect(path)) as disk:
        rows.migrate(disk)
        found = {name for row in held(disk) for name in names_of(row)}
    lost = there - gone - found
    return len(there - gone), f"seed {seed}: lost {sorted(lost)} {notices}" if lost else ""


def _marks(folder: Path) -> int:
    marks = folder / "marks"
    return marks.read_bytes().count(b"\n") if marks.exists() else 0
