"""The pages on disk: written where they differ, and named where they are stale."""

from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from device_profiles.pages import DEVICES

_RUN = "run `device-profiles docs`"


def write_pages(folder: Path, pages: Mapping[PurePosixPath, str]) -> int:
    """How many had to be written; the others stood there already. Raise OSError."""
    stale = [path for path, text in pages.items() if _read(folder / path) != text]
    for path in stale:
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(pages[path], encoding="utf-8")
    return len(stale)


def stale_pages(folder: Path, pages: Mapping[PurePosixPath, str]) -> dict[str, str]:
    """By file, why it is not what `write_pages` would leave there."""
    found = {}
    for path, text in pages.items():
        there = _read(folder / path)
        if there != text:
            found[str(folder / path)] = f"is {'missing' if there is None else 'stale'}: {_RUN}"
    for file in sorted((folder / DEVICES).glob("*.md")):
        if DEVICES / file.name not in pages:
            found[str(file)] = "is of no device of the catalogue: remove it"
    return found


def _read(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
