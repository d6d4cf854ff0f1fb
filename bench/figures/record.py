"""A result of the bench: printed for people, and written as JSON beside those of before."""

import argparse
import compileall
import json
import math
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from figures.machine import machine, one_line

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "bench" / "results"
PROGRAMS = (
    "alarm_rules",
    "device_profiles",
    "edge_agent",
    "ingest_server",
    "runtime",
    "simulators",
    "wire",
)


@dataclass(frozen=True, slots=True)
class Bench:
    """A run of one program: where it may write its files, and under which name it reports."""

    name: str
    folder: Path
    arguments: argparse.Namespace

    def report(self, lines: Sequence[str], figures: dict[str, Any]) -> None:
        """Print the lines, write `results/<name>.json`."""
        found = machine(self.folder)
        print(f"{self.name}: {one_line(found)}")
        print("\n".join(f"  {line}" for line in lines))
        said = {
            "bench": self.name,
            "lifeline": version("lifeline"),
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": found,
            **figures,
        }
        RESULTS.mkdir(exist_ok=True)
        text = json.dumps(said, indent=2, ensure_ascii=False)
        (RESULTS / f"{self.name}.json").write_text(f"{text}\n", encoding="utf-8")


@contextmanager
def bench(name: str, parser: argparse.ArgumentParser) -> Iterator[Bench]:
    """Read the command line and lend a folder on the disk that is to be measured."""
    parser.add_argument("--folder", type=Path, help="a folder on the disk to measure")
    arguments = parser.parse_args()
    for package in PROGRAMS:  # as pip does: what is measured starts from byte code
        compileall.compile_dir(ROOT / package, quiet=1)
    with tempfile.TemporaryDirectory(prefix=f"{name}-", dir=arguments.folder) as folder:
        yield Bench(name, Path(folder), arguments)


def percentile(values: Sequence[float], share: float) -> float:
    """Nearest rank: a value that was measured, never one between two."""
    ordered = sorted(values)
    return ordered[max(math.ceil(share * len(ordered)), 1) - 1]
