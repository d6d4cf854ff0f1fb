"""What a program's log holds that nobody meant to say: a traceback, or a complaint of asyncio."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Final

MARKS: Final = (
    "Traceback (most recent call last)",
    "Exception in callback",
    "Exception in thread",
    "Exception ignored in",
    "exception was never retrieved",
    "Task was destroyed but it is pending",
    "was never awaited",
    "Unhandled exception",
    "Unclosed ",
)
_LONGEST: Final = 4_000


def mishaps(log: str, meant: Iterable[str] = ()) -> list[str]:
    """The lines of JSON that hold one of MARKS, and so what stands between such lines, as a whole.

    What holds a text of `meant` as well is left out: a fault that the test makes on purpose.
    """
    return [
        one[:_LONGEST]
        for one in _said(log)
        if any(mark in one for mark in MARKS) and not any(text in one for text in meant)
    ]


def mishaps_in(folder: Path, meant: Iterable[str] = ()) -> list[str]:
    """The same of every log of a folder and the folders below it, each with its file."""
    return [
        f"{path.relative_to(folder)}: {one}"
        for path in sorted(folder.rglob("*.log"))
        for one in mishaps(path.read_text(encoding="utf-8", errors="replace"), tuple(meant))
    ]


def _said(log: str) -> Iterator[str]:
    """Each line of JSON, and each stretch of other lines: a traceback is many."""
    for is_json, lines in groupby(log.splitlines(), lambda line: line.startswith("{")):
        if is_json:
            yield from lines
        else:
            yield "\n".join(lines)
