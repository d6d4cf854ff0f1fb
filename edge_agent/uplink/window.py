"""Which rows of a lane are on their way, and when each is to be sent again."""

from collections.abc import Iterable

import msgspec

RESEND_FIRST_US = 10_000_000
RESEND_LONGEST_US = 60_000_000
PROBES = 16
"""So many are sent again while no receipts come at all; the others wait for the first receipt."""
BACK_US = 2_000_000
"""The others follow so long after that: most of them have a receipt by then."""
_MOST_TRIES = 8


class _Flight(msgspec.Struct):
    again_us: int
    tries: int
    receipts: int
    is_put_off: bool = False


class Window:
    """At most `limit` rows without a receipt; what no receipt covers in time is sent again.

    While no receipts come nothing new is sent either, so that the broker's queue stays small. While
    the broker refuses, one row at a time asks whether it still does.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._flights: dict[int, _Flight] = {}
        self._receipts = 0
        self._now_us = 0
        self._held_us: int | None = None

    def __len__(self) -> int:
        return len(self._flights)

    def __contains__(self, number: int) -> bool:
        return number in self._flights

    def room(self, now_us: int) -> int:
        """How many new rows may be sent now."""
        if self._held_us is not None:
            return int(now_us >= self._held_us)
        return max(self._limit - len(self._flights), 0)

    def room_for_backlog(self, now_us: int) -> int:
        """A quarter is kept for what is live: it never waits for receipts of the backlog."""
        if self._held_us is not None:
            return self.room(now_us)
        return max(self.room(now_us) - self._limit // 4, 0)

    def sent(self, number: int, now_us: int) -> int:
        """A row leaves now, due again after 10 s, then 20, 40, at most 60; which try it is."""
        flight = self._flights.setdefault(number, _Flight(0, 0, 0))
        flight.again_us = now_us + _wait_us(flight.tries)
        flight.tries = min(flight.tries + 1, _MOST_TRIES)
        flight.receipts = self._receipts
        flight.is_put_off = False
        if self._held_us is not None:
            self._held_us = now_us + RESEND_FIRST_US
        self._now_us = now_us
        return flight.tries

    def accepted(self) -> None:
        """The broker takes rows."""
        self._held_us = None

    def lost(self, number: int) -> None:
        """The connection went before the broker answered: as if it had never been sent."""
        self._flights.pop(number, None)
        self._held_us = None

    def refused(self, number: int, now_us: int, wait_us: int) -> None:
        """The broker let it fall: as if never sent. All wait, then one asks again."""
        self._flights.pop(number, None)
        self._held_us = now_us + wait_us

    def once_more(self, number: int, now_us: int) -> None:
        """Due at once, in another way: it knows that it has left before."""
        if number in self._flights:
            self._flights[number].again_us = now_us

    def gone(self, numbers: Iterable[int]) -> None:
        """A receipt came, and covers these rows."""
        self._receipts += 1
        self.given_up(numbers)
        for flight in self._flights.values():
            if flight.is_put_off:
                flight.is_put_off = False
                flight.again_us = self._now_us + BACK_US

    def given_up(self, numbers: Iterable[int]) -> None:
        """These rows are not here any more; that says nothing of who takes the others."""
        for number in numbers:
            self._flights.pop(number, None)

    def due(self, now_us: int) -> list[int]:
        """Rows to be sent again, oldest first."""
        self._now_us = now_us
        if self._held_us is not None:
            return []
        due = sorted(n for n, flight in self._flights.items() if flight.again_us <= now_us)
        if not any(self._flights[n].receipts == self._receipts for n in due):
            return due
        for number in due[PROBES:]:
            flight = self._flights[number]
            flight.again_us = now_us + _wait_us(flight.tries)
            flight.is_put_off = True
        return due[:PROBES]

    def next_us(self) -> int | None:
        """When the next row is due again, or may ask."""
        if self._held_us is not None:
            return self._held_us
        return min((flight.again_us for flight in self._flights.values()), default=None)


def _wait_us(tries: int) -> int:
    return min(RESEND_FIRST_US << tries, RESEND_LONGEST_US)
