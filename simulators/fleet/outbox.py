"""What waits to be said on one connection: introductions first, then urgent, then bulk."""

from collections import deque
from dataclasses import dataclass
from enum import IntEnum

from simulators.fleet.gateway import FleetGateway
from wire.topic import Lane


class Rank(IntEnum):
    """The lower goes first."""

    INTRODUCTION = 0
    URGENT = 1
    BULK = 2


@dataclass(frozen=True, slots=True)
class Job:
    """Something that a gateway has to say; `seq` None is a heartbeat, or the introduction."""

    rank: Rank
    gateway: FleetGateway
    seq: int | None = None

    @property
    def lane(self) -> Lane:
        return Lane.BULK if self.rank is Rank.BULK else Lane.URGENT


class Outbox:
    """Bounded by the windows of the lanes: a row waits here at most once."""

    def __init__(self) -> None:
        self._jobs: dict[Rank, deque[Job]] = {rank: deque() for rank in Rank}

    def __len__(self) -> int:
        return sum(map(len, self._jobs.values()))

    def put(self, job: Job) -> None:
        self._jobs[job.rank].append(job)

    def pop(self) -> Job | None:
        """What goes next; None when nothing waits."""
        for jobs in self._jobs.values():
            if jobs:
                return jobs.popleft()
        return None

    def clear(self) -> list[Job]:
        """The connection went: all that waited, and waits no more."""
        waiting = [job for jobs in self._jobs.values() for job in jobs]
        for jobs in self._jobs.values():
            jobs.clear()
        return waiting
