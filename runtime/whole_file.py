"""A small file that is written whole or not at all, and is on the disk when that is done."""

import os
from contextlib import suppress
from pathlib import Path

_MODE = 0o640


def write_whole(file: Path, content: bytes) -> None:
    """Whoever is killed at any point leaves the file as it was or as it is to be.

    Root leaves it to whom the folder belongs: a service could not read it else. Raise OSError.
    """
    draft = file.with_name(f"{file.name}.new")
    with suppress(FileNotFoundError):
        draft.unlink()
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE)
    with os.fdopen(handle, "wb") as opened:
        if os.geteuid() == 0:
            its = file.parent.stat()
            os.fchown(opened.fileno(), its.st_uid, its.st_gid)
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    draft.rename(file)
    folder = os.open(file.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
