"""What another process has cost so far: processor time and bytes sent to the storage."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Spent:
    """`resident`: bytes of memory now. `written`: by /proc/<pid>/io."""

    cpu_s: float
    written: int
    resident: int


def spent(pid: int) -> Spent:
    """Of a process of this machine; it must run."""
    # The name, in brackets, may hold blanks; utime and stime are the 14th and 15th word (proc(5)).
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    ticks = int(words[11]) + int(words[12])
    written = next(
        int(line.partition(": ")[2])
        for line in Path(f"/proc/{pid}/io").read_text().splitlines()
        if line.startswith("write_bytes")
    )
    resident = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return Spent(ticks / os.sysconf("SC_CLK_TCK"), written, resident * os.sysconf("SC_PAGE_SIZE"))


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes in memory; `private`: those that no other process shares. And how many threads."""

    resident: int
    private: int
    threads: int


def memory(pid: int) -> Memory:
    """Of a process of this machine; it must run."""
    kib: dict[str, int] = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, size, *_ = line.split()
        kib[name] = int(size)
    private = kib["Private_Clean:"] + kib["Private_Dirty:"]
    threads = len(list(Path(f"/proc/{pid}/task").iterdir()))
    return Memory(kib["Rss:"] * 1024, private * 1024, threads)


def main_thread_s(pid: int) -> float:
    """Processor time of the thread in which the program's event loop runs."""
    words = Path(f"/proc/{pid}/task/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def queued_s(pid: int) -> float:
    """How long its threads, together, were ready to run and had to wait for a core."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[1]) for task in tasks) / 1e9


def size_of(folder: Path, pattern: str) -> int:
    """Bytes of all files below it whose names match."""
    return sum(path.stat().st_size for path in folder.rglob(pattern) if path.is_file())
