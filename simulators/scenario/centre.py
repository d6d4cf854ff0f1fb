"""What an alarm centre has been told: read live from its record, or asked of it."""

import asyncio
import http.client
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Final

import msgspec

from simulators.delivery_book import Delivery

Deliveries = Callable[[], Awaitable[Sequence[Delivery]]]
ANSWER_S: Final = 5.0


class CentreError(Exception):
    """The record can not be read, or the centre does not answer; the text says what to do."""


class _Record(msgspec.Struct):
    deliveries: list[Delivery]


class RecordFile:
    """The file that `simulators alarm-centre --record` appends to; it need not be there yet."""

    def __init__(self, path: Path) -> None:
        """Read from its beginning."""
        self._path = path
        self._read = 0
        self._lines = 0
        self._found: list[Delivery] = []
        self._decoder = msgspec.json.Decoder(Delivery)

    async def __call__(self) -> Sequence[Delivery]:
        """Return all deliveries so far. Raises CentreError."""
        for line in self._new_lines():
            self._lines += 1
            try:
                self._found.append(self._decoder.decode(line))
            except msgspec.DecodeError as wrong:
                told = f"{self._path}:{self._lines}: no delivery ({wrong}); give the file of"
                raise CentreError(f"{told} simulators alarm-centre --record") from wrong
        return self._found

    def _new_lines(self) -> list[bytes]:
        """Return what has been written since, up to the last whole line."""
        try:
            with self._path.open("rb") as file:
                file.seek(self._read)
                fresh = file.read()
        except FileNotFoundError:
            return []
        except OSError as wrong:
            raise CentreError(f"--record {self._path}: {wrong.strerror}") from wrong
        whole = fresh[: fresh.rfind(b"\n") + 1]
        self._read += len(whole)
        return whole.splitlines()


class CentreUrl:
    """A running alarm centre, asked for its record."""

    def __init__(self, url: str) -> None:
        """Take its address, such as http://127.0.0.1:8099."""
        self._url = f"{url.rstrip('/')}/control/record"

    async def __call__(self) -> Sequence[Delivery]:
        """Return all deliveries so far. Raises CentreError."""
        return await asyncio.to_thread(self._ask)

    def _ask(self) -> Sequence[Delivery]:
        try:
            with urllib.request.urlopen(self._url, timeout=ANSWER_S) as answer:  # noqa: S310 - the user's own address
                return msgspec.json.decode(answer.read(), type=_Record).deliveries
        except (OSError, ValueError, http.client.HTTPException, msgspec.DecodeError) as wrong:
            told = f"--centre: {self._url}: {wrong}; is simulators alarm-centre running there?"
            raise CentreError(told) from wrong
