"""Records every write and sync of a run of the buffer, and makes the disk of any moment from it.

What was written and not synced may be there, in part, or not, in any order; what was synced is.
"""

import json
import os
import random
import struct
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

_SOURCE = Path(__file__).with_suffix(".c")
_HEAD = struct.Struct("=ccqq")
_SECTOR = 512
NAMES = {"d": "buffer.db", "w": "buffer.db-wal"}


class Loss(StrEnum):
    """What becomes of writes that were not synced."""

    NONE = "none"  # the process was killed
    ALL = "all"
    SOME = "some"
    TORN = "torn"


@dataclass(frozen=True, slots=True)
class Call:
    """`what`: W write, T truncate, S sync, U unlink; on the file or the log, or a mark."""

    what: str
    file: str
    offset: int
    size: int
    data: bytes


@dataclass(slots=True)
class Promise:
    """What must be there after a cut, what may be, and what may stand under a key at all."""

    there: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)


def built(folder: Path) -> Path:
    """The recorder; needs a C compiler."""
    target = folder / "write_recorder.so"
    command = [
        "cc",
        "-shared",
        "-fPIC",
        "-O1",
        "-o",
        str(target),
        str(_SOURCE),
        "-ldl",
        "-lpthread",
    ]
    subprocess.run(command, check=True, capture_output=True)
    return target


def recorded(recorder: Path, folder: Path, seed: int, turns: int) -> list[Call]:
    """Run `tests.recorded_run` in the folder from the first start on."""
    log = folder / "calls"
    environment = {**os.environ, "LD_PRELOAD": str(recorder), "WRITE_LOG": str(log)}
    command = [sys.executable, "-m", "tests.recorded_run", str(folder), str(seed), str(turns)]
    root = Path(__file__).parents[1]
    subprocess.run(command, check=True, cwd=root, env=environment, timeout=120)
    return list(_calls(log.read_bytes()))


def _calls(log: bytes) -> Iterator[Call]:
    at = 0
    while at < len(log):
        what, file, offset, size = _HEAD.unpack_from(log, at)
        at += _HEAD.size
        length = size if what == b"W" else 0
        yield Call(what.decode(), file.decode(), offset, size, log[at : at + length])
        at += length


def promises(calls: list[Call]) -> tuple[list[Promise], set[str]]:
    """For each number of calls done; and all contents that ever were."""
    found, once = [Promise()], set()
    for call in calls:
        before = found[-1]
        now = before
        if call.file == "m":
            said = json.loads(call.data)
            once |= set(said.get("once", ()))
            gone = before.gone | set(said.get("gone", ()))
            now = Promise((before.there | set(said.get("there", ()))) - gone, gone)
        found.append(now)
    return found, once


class Disk:
    """Both files as the calls so far left them: what is certain, and what is on its way."""

    def __init__(self) -> None:
        self._certain: dict[str, bytearray | None] = {"d": None, "w": None}
        self._pending: dict[str, list[Call]] = {"d": [], "w": []}

    def do(self, call: Call) -> None:
        if call.file not in self._pending:
            return
        if call.what == "S":
            for one in self._pending[call.file]:
                self._certain[call.file] = _applied(self._certain[call.file], one)
            self._pending[call.file].clear()
        else:
            self._pending[call.file].append(call)

    def image(self, folder: Path, loss: Loss, dice: random.Random) -> Path:
        """Write the files as a cut may leave them."""
        for file, name in NAMES.items():
            content = None if self._certain[file] is None else bytearray(self._certain[file] or b"")
            for call in self._pending[file]:
                for kept in _kept(call, loss, dice):
                    content = _applied(content, kept)
            path = folder / name
            if content is None:
                path.unlink(missing_ok=True)
            else:
                path.write_bytes(content)
        return folder / NAMES["d"]


def _kept(call: Call, loss: Loss, dice: random.Random) -> Iterator[Call]:
    if loss is Loss.NONE or (loss is not Loss.ALL and dice.random() < 0.5):
        yield call
    elif loss is Loss.TORN and call.what == "W":
        for start in range(0, call.size, _SECTOR):
            if dice.random() < 0.5:
                data = call.data[start : start + _SECTOR]
                yield Call("W", call.file, call.offset + start, len(data), data)


def _applied(content: bytearray | None, call: Call) -> bytearray | None:
    if call.what == "U":
        return None
    content = bytearray() if content is None else content
    if call.what == "T":
        del content[call.size :]
        content.extend(bytes(call.size - len(content)))
        return content
    content.extend(bytes(max(call.offset - len(content), 0)))
    content[call.offset : call.offset + call.size] = call.data
    return content
