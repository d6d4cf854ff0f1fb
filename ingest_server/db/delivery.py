"""What the outbox says of a delivery: its state, its attempts, and what became of a request."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from ingest_server.db.snapshot import Snapshot


class DeliveryState(StrEnum):
    """`waiting` is tried; `behind` follows an older revision; the other two are settled."""

    WAITING = "waiting"
    BEHIND = "behind"
    DELIVERED = "delivered"
    SUPERSEDED = "superseded"


class Replay(StrEnum):
    """What became of a request to send once more."""

    QUEUED = "queued"
    NOT_SETTLED = "not_settled"  # it is still on its way
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One revision of one alarm for one receiver. Times in UTC microseconds.

    `failures`: failed attempts since it was queued or replayed. `next_us`: 0 is at once.
    """

    number: int
    id: str
    receiver: str
    alarm_id: str
    revision: int
    life_safety: bool
    snapshot: bytes
    state: DeliveryState
    queued_us: int
    attempts: int
    failures: int
    failing_since_us: int | None
    next_us: int
    settled_us: int | None
    superseded_by: str | None

    def decoded(self) -> Snapshot:
        """The alarm's full state; raise msgspec.DecodeError when the row is damaged."""
        return msgspec.json.decode(self.snapshot, type=Snapshot)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One POST: when it began (UTC microseconds), what came of it, the answer's first bytes."""

    at_us: int
    outcome: str
    status: int | None
    latency_ms: int
    answer: str
    number: int = 0  # 1 is the first; given by the outbox


@dataclass(frozen=True, slots=True)
class Superseded:
    """The newest revision of a line took the place of `losers` (id, revision)."""

    winner: str
    receiver: str
    alarm_id: str
    revision: int
    losers: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Backlog:
    """What one receiver has not had yet; `oldest_us` is when the oldest of it was queued."""

    receiver: str
    undelivered: int
    life_safety: int
    oldest_us: int


def delivery_id(alarm_id: str, revision: int, receiver: str) -> str:
    """The `webhook-id`: the same for every attempt and after every restart; it holds no dot."""
    words = f"{alarm_id}\0{revision}\0{receiver}".encode()
    return "msg_" + hashlib.sha256(words).hexdigest()[:32]
