"""What a stretch of work cost this process: wall time, processor time, bytes to the disk."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_BUSY = 0.75  # above this share of one core, Python itself is what there is no more of


@dataclass(slots=True)
class Cost:
    """`written`: bytes that the kernel sent to the storage, by /proc/self/io."""

    wall_s: float = 0.0
    cpu_s: float = 0.0
    written: int = 0

    @property
    def limit(self) -> str:
        """What binds: one core's worth of Python, or waiting for the disk."""
        share = self.cpu_s / self.wall_s
        if share >= _BUSY:
            return f"Python on one core ({share:.0%} busy)"
        return f"the disk's sync ({share:.0%} of a core busy, the rest waits)"


@contextmanager
def cost() -> Iterator[Cost]:
    """Filled in when the block ends."""
    spent = Cost()
    wall, cpu, written = time.perf_counter(), time.process_time(), _written()
    yield spent
    spent.wall_s = time.perf_counter() - wall
    spent.cpu_s = time.process_time() - cpu
    os.sync()
    spent.written = _written() - written


def _written() -> int:
    for line in Path("/proc/self/io").read_text().splitlines():
        name, _, value = line.partition(": ")
        if name == "write_bytes":
            return int(value)
    return 0
