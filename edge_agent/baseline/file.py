"""Baselines on disk, in two copies beside the buffer: a broken buffer does not take them along."""

import zlib
from pathlib import Path

import msgspec

from edge_agent.baseline.taken import Taken
from runtime.whole_file import write_whole

NAME = "baselines.json"
_COPY = ".copy"
_LARGEST = 4 * 1024 * 1024


class _Sealed(msgspec.Struct, frozen=True):
    """`check`: CRC-32 of `serial` and of the bytes of `taken`."""

    serial: int
    check: int
    taken: msgspec.Raw


class _Read(msgspec.Struct, frozen=True):
    serial: int
    taken: tuple[Taken, ...]


class BaselineFile:
    """Read once, then written by one caller at a time; whoever only looks may read as well."""

    def __init__(self, folder: Path) -> None:
        self._copies = (folder / NAME, folder / f"{NAME}{_COPY}")
        self._serial = 0

    def read(self) -> tuple[tuple[Taken, ...], tuple[str, ...]]:
        """The newest whole copy, and what a person should know of the others."""
        found, notices = [], []
        for copy in self._copies:
            try:
                found.append(_opened(copy))
            except FileNotFoundError:
                continue
            except (OSError, msgspec.MsgspecError, ValueError) as error:
                notices.append(f"{copy} can not be read: {error}")
        if not found:
            lost = ["no baseline that was taken here is known: take them anew"] if notices else []
            return (), (*notices, *lost)
        newest = max(found, key=lambda one: one.serial)
        self._serial = newest.serial
        return newest.taken, tuple(notices)

    def write(self, taken: tuple[Taken, ...]) -> str:
        """On the disk when it returns, with what is wrong with the second copy, if anything.

        Raise OSError when it is not.
        """
        body = msgspec.json.encode(taken)
        check = _check(self._serial + 1, body)
        sealed = msgspec.json.encode(_Sealed(self._serial + 1, check, msgspec.Raw(body)))
        first, second = self._copies
        write_whole(first, sealed)
        self._serial += 1
        try:
            write_whole(second, sealed)
        except OSError as error:
            return f"{second} can not be written: {error.strerror}"
        return ""


def _opened(copy: Path) -> _Read:
    with copy.open("rb") as file:
        sealed = msgspec.json.decode(file.read(_LARGEST), type=_Sealed)
    body = bytes(sealed.taken)
    if _check(sealed.serial, body) != sealed.check:
        raise ValueError("its checksum is wrong")
    return _Read(sealed.serial, msgspec.json.decode(body, type=tuple[Taken, ...]))


def _check(serial: int, body: bytes) -> int:
    return zlib.crc32(body, serial & 0xFFFFFFFF)
