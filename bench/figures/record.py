"""A result of the bench: printed for people, and written as JSON beside those of before."""

import argparse
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

RESULTS = Path(__file__).parents[1] / "results"


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
    with tempfile.TemporaryDirectory(prefix=f"{name}-", dir=arguments.folder) as folder:
        yield Bench(name, Path(folder), arguments)


def percentile(values: Sequence[float], share: float) -> float:
    """Nearest rank: a value that was measured, never one between two."""
    ordered = sorted(values)
    return ordered[max(math.ceil(share * len(ordered)), 1) - 1]
