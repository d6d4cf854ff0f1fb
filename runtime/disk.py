"""How large a disk is, and how much room is left on it."""

import os
from pathlib import Path


def free_on(folder: Path) -> int:
    """Bytes that whoever is not root may still write there. Raise OSError."""
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


def size_of(folder: Path) -> int:
    """Bytes of the whole disk. Raise OSError."""
    found = os.statvfs(folder)
    return found.f_blocks * found.f_frsize
