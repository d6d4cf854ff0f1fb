"""The API of the devices in a thread of its own, for a command that waits for standard input."""

import asyncio
import threading
from collections.abc import Mapping
from typing import Self

from runtime.clock import Clock
from simulators.actor import Actor, Troupe
from simulators.device_api import DeviceApi
from simulators.truth_book import TruthBook

LOOK_S = 1.0


class ApiThread:
    """A context manager: inside it `url` answers, and the truth is looked at each second."""

    def __init__(self, actors: Mapping[str, Actor], port: int, clock: Clock) -> None:
        """Set it up; nothing listens yet."""
        self.troupe = Troupe(actors, self._heard)
        self._truth = TruthBook(actors)
        self._api = DeviceApi(self.troupe, self._truth, port)
        self._clock = clock
        self._began_us = clock.mono_us()
        self._error: OSError | None = None
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ended = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="device-api", daemon=True)

    @property
    def url(self) -> str:
        return self._api.url

    def __enter__(self) -> Self:
        """Listen. Raises OSError when the port is taken."""
        self._thread.start()
        self._ready.wait()
        if self._error is not None:
            self._thread.join()
            raise self._error
        return self

    def __exit__(self, *_: object) -> None:
        """Stop listening, and end the thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join()

    def _heard(self, device: str, order: str) -> None:
        self._truth.note_order(device, order, *self._now())

    def _now(self) -> tuple[int, int]:
        """Return the wall time, and how long it has been up (µs)."""
        return self._clock.utc_us(), self._clock.mono_us() - self._began_us

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        try:
            async with self._api:
                self._loop = asyncio.get_running_loop()
                self._ready.set()
                await self._look_until_ended()
        except OSError as error:
            self._error = error
        finally:
            self._ready.set()

    async def _look_until_ended(self) -> None:
        while not self._ended.is_set():
            self._truth.look(*self._now())
            try:
                async with asyncio.timeout(LOOK_S):
                    await self._ended.wait()
            except TimeoutError:
                continue
