"""The ground truth: what was so when, of which device; kept in memory and as JSON Lines."""

from collections import deque
from collections.abc import Mapping
from itertools import islice
from threading import Lock
from typing import Final, TextIO

import msgspec

from simulators.actor import Actor
from simulators.delivery_text import utc_text

KEPT: Final = 100_000
ORDER: Final = "order"


class Truth(msgspec.Struct, frozen=True):
    """At a time (RFC 3339; seconds of the scenario) a quantity of a device was so.

    The quantity `order` is what a device was told: what happened to it, or which fault befell it.
    `changed` tells what an order or the time did from what is repeated.
    """

    number: int
    time: str
    at_s: float
    device: str
    quantity: str
    value: float | bool | str
    changed: bool


class TruthBook:
    """Takes what is so, from any thread; keeps the newest 100 000."""

    def __init__(
        self, actors: Mapping[str, Actor], file: TextIO | None = None, *, kept: int = KEPT
    ) -> None:
        """Start empty. `file` gets a line for each entry."""
        self._actors = actors
        self._file = file
        self._kept: deque[Truth] = deque(maxlen=kept)
        self._last: dict[tuple[str, str], float] = {}
        self._number = 0
        self._lock = Lock()

    def note_order(self, device: str, order: str, utc_us: int, at_us: int) -> None:
        """Take an order that a device has just carried out, and what it changed at once."""
        with self._lock:
            self._note(device, ORDER, order, utc_us, at_us, changed=True)
            self._look(self._actors[device], utc_us, at_us, all_of_it=False)

    def look(self, utc_us: int, at_us: int) -> None:
        """Take every quantity of every device as it is now."""
        with self._lock:
            for actor in self._actors.values():
                self._look(actor, utc_us, at_us, all_of_it=True)

    def page(self, after: int, limit: int) -> list[Truth]:
        """Return the first entries that are numbered above `after`."""
        with self._lock:
            skipped = after - (self._number - len(self._kept))
            return list(islice(self._kept, max(0, skipped), max(0, skipped) + limit))

    def _look(self, actor: Actor, utc_us: int, at_us: int, *, all_of_it: bool) -> None:
        for quantity, value in actor.state().items():
            key = (actor.name, quantity)
            changed = self._last.get(key) != value
            if changed or all_of_it:
                self._last[key] = value
                self._note(actor.name, quantity, value, utc_us, at_us, changed=changed)

    def _note(
        self,
        device: str,
        quantity: str,
        value: float | str,
        utc_us: int,
        at_us: int,
        *,
        changed: bool,
    ) -> None:
        self._number += 1
        time, at_s = utc_text(utc_us), round(at_us / 1_000_000, 3)
        entry = Truth(self._number, time, at_s, device, quantity, value, changed)
        self._kept.append(entry)
        if self._file is not None:
            self._file.write(msgspec.json.encode(entry).decode() + "\n")
            self._file.flush()
