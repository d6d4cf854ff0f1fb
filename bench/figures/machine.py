"""Which machine a figure comes from: processor, cores, kernel, Python, SQLite, file system."""

import os
import platform
import re
import sqlite3
from pathlib import Path

_MODEL = re.compile(r"^(?:model name|Model)\s*:\s*(.+)$", re.MULTILINE)


def machine(folder: Path) -> dict[str, str | int]:
    """What a reader has to know before comparing; `folder` is where the files were written."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count() or 0,
        "kernel": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "file_system": _file_system(folder),
    }


def one_line(found: dict[str, str | int]) -> str:
    return (
        f"{found['processor']}, {found['cores']} cores, {found['kernel']}, "
        f"Python {found['python']}, SQLite {found['sqlite']} on {found['file_system']}"
    )


def _processor() -> str:
    try:
        found = _MODEL.search(Path("/proc/cpuinfo").read_text())
    except OSError:
        found = None
    return found.group(1).strip() if found else platform.machine()


def _file_system(folder: Path) -> str:
    """The type of the longest mount point that `folder` is below."""
    where = str(folder.resolve())
    best, kind = "", "unknown"
    for line in Path("/proc/mounts").read_text().splitlines():
        _, point, found, *_ = line.split()
        is_below = where == point or where.startswith(point.rstrip("/") + "/")
        if is_below and len(point) >= len(best):
            best, kind = point, found
    return kind
