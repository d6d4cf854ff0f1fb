"""How much room is left on a disk."""

import os
from pathlib import Path


def free_on(folder: Path) -> int:
    """Bytes that whoever is not root may still write there. Raise OSError."""
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize
