"""Which rows of a lane are on their way, and when each is to be sent again."""

from dataclasses import dataclass

RESEND_FIRST_US = 10_000_000
RESEND_LONGEST_US = 60_000_000
# Nobody has a session for it, or the broker will not have it: ask again, but do not flood.
REFUSED_US = 2_000_000


@dataclass(slots=True)
class _Flight:
    again_us: int
    tries: int


class Window:
    """At most `limit` rows without a receipt; what no receipt covers in time is sent again.

    While no receipts come nothing new is sent either, so that the broker's queue stays small.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._flights: dict[int, _Flight] = {}
        self.cursor = 0

    def __len__(self) -> int:
        return len(self._flights)

    @property
    def room(self) -> int:
        """How many new rows may be sent now."""
        return max(self._limit - len(self._flights), 0)

    def sent(self, number: int, now_us: int) -> None:
        """A row leaves now; it is due again after 10 s, then 20, 40, at most 60 s."""
        flight = self._flights.setdefault(number, _Flight(0, 0))
        wait_us = min(RESEND_FIRST_US << flight.tries, RESEND_LONGEST_US)
        flight.tries = min(flight.tries + 1, 8)
        flight.again_us = now_us + wait_us
        self.cursor = max(self.cursor, number)

    def lost(self, number: int, now_us: int) -> None:
        """The connection went before the broker answered: due at once."""
        if number in self._flights:
            self._flights[number] = _Flight(now_us, 0)

    def refused(self, number: int, now_us: int) -> None:
        """The broker answered, but nobody has it: due in 2 s."""
        if number in self._flights:
            self._flights[number].again_us = now_us + REFUSED_US

    def gone(self, numbers: list[int]) -> None:
        """A receipt covers these rows, or they were given up."""
        for number in numbers:
            self._flights.pop(number, None)

    def due(self, now_us: int) -> list[int]:
        """Rows to be sent again, oldest first."""
        return sorted(n for n, flight in self._flights.items() if flight.again_us <= now_us)

    def next_us(self) -> int | None:
        """When the next row is due again."""
        return min((flight.again_us for flight in self._flights.values()), default=None)
