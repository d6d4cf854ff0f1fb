"""What the buffer writes to the card, by what it was written for; how long a card endures that."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

_DAY_US = 86_400_000_000
_OURS = Path("/proc/thread-self/io")
_NAME = b"\nwrite_bytes: "


class Purpose(StrEnum):
    """What a transaction was for; one for several counts for the first of these."""

    URGENT = "urgent"
    BULK = "bulk"
    RECEIPTS = "receipts"
    ROOM = "room"


def written_by_this_thread() -> int | None:
    """Bytes that this thread sent to a storage; None where the kernel does not say."""
    try:
        said = _OURS.read_bytes()
    except OSError:
        return None
    at = said.find(_NAME)
    return None if at < 0 else int(said[at + len(_NAME) :].split(maxsplit=1)[0])


@dataclass(slots=True)
class Meter:
    """Asked by the writing thread before each transaction: what came since belongs to the last."""

    by_purpose: dict[Purpose, int] = field(default_factory=lambda: dict.fromkeys(Purpose, 0))
    _before: int | None = None
    _purpose: Purpose | None = None

    def begin(self, purpose: Purpose, written: int | None) -> None:
        """`written`: by this thread so far."""
        if written is None:
            return
        if self._purpose is not None and self._before is not None:
            self.by_purpose[self._purpose] += max(written - self._before, 0)
        self._before, self._purpose = written, purpose


def per_day(written: int, since_us: int, now_us: int) -> int:
    """Bytes a day at the rate from `since_us` to `now_us`."""
    return written * _DAY_US // max(now_us - since_us, 1)


def years(endurance: int, bytes_per_day: int) -> float | None:
    """How long a card that may be written `endurance` bytes lasts; None when nothing is written."""
    return None if bytes_per_day <= 0 else endurance / bytes_per_day / 365.25
