"""What the computer says of itself: memory of this process, room on the disk, its temperature."""

import os
from pathlib import Path

from edge_agent.own_health import MachineHealth
from runtime.disk import free_on

_STATM = Path("/proc/self/statm")
_THERMAL = Path("/sys/class/thermal/thermal_zone0/temp")


def machine_health(
    folder: Path,
    statm: Path = _STATM,
    thermal: Path = _THERMAL,
) -> MachineHealth:
    """`folder`: on the disk that is meant. What can not be read is None."""
    pages = _number(statm, 1)
    thousandths = _number(thermal, 0)
    return MachineHealth(
        memory=None if pages is None else pages * os.sysconf("SC_PAGE_SIZE"),
        disk_free=_free(folder),
        temperature=None if thousandths is None else thousandths / 1_000,
    )


def _number(path: Path, field: int) -> int | None:
    try:
        return int(path.read_text(encoding="ascii").split()[field])
    except (OSError, ValueError, IndexError):
        return None


def _free(folder: Path) -> int | None:
    try:
        return free_on(folder)
    except OSError:
        return None
