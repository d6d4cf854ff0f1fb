"""A device as the poller and the listener know it, and what its driver and the buffer owe them."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from edge_agent.config.tables import Vector
from edge_agent.exchange import Claim, Failure, Read, Reply, Request, Rest, Sample
from edge_agent.link_count import LinkCount
from edge_agent.poll.report_filter import ReportPolicy


class PollDriver(Protocol):
    """What a device on a request line means. Pure: `now_us` is a parameter, nothing is awaited."""

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The claims of its reads, at least one; each has a cycle of its own."""
        ...

    @property
    def refused(self) -> tuple[str, ...]:
        """The points that the device refuses."""
        ...

    def crowd(self, *, is_crowded: bool) -> bool:
        """Read hazard points apart from the rest, or not; tell whether its claims may be others."""
        ...

    def rebase(self, baseline: Vector | None) -> None:
        """Measure a tilt against another baseline from the next answer on."""
        ...

    def due(self, now_us: int, claim: Claim) -> Request | None:
        """Return the next request of this period's cycle, None when there is nothing to ask."""
        ...

    def received(self, reply: Reply, now_us: int) -> list[Sample]: ...

    def failed(self, failure: Failure, now_us: int) -> list[Sample]: ...

    @property
    def overdue_us(self) -> int | None:
        """When `overdue` has something to tell, unless an answer comes before."""
        ...

    def overdue(self, now_us: int) -> list[Sample]:
        """What follows from time alone."""
        ...


class ListenDriver(Protocol):
    """What the bytes of a device that talks by itself mean.

    When nothing came, `received` is called with b"" at `next_us` and at each beat, so that silence
    can be judged; then `due`.
    """

    @property
    def next_us(self) -> int | None:
        """When it has something to tell or to ask although nothing came; None: never."""
        ...

    @property
    def link(self) -> LinkCount:
        """What became of its frames."""
        ...

    def due(self, now_us: int) -> bytes | None: ...

    def received(self, data: bytes, now_us: int) -> list[Sample]: ...

    def failed(self, failure: Failure, now_us: int) -> list[Sample]: ...


class Intake(Protocol):
    """Where samples go."""

    def accept(self, device: str, samples: Sequence[Sample]) -> Rest | None:
        """Keep the samples, at least one; what commits those that may not wait for company."""
        ...


class PolledDevice(msgspec.Struct, frozen=True):
    """A device on a request line.

    `timeout_us` runs to the end of the reply; `late_max_us`: how late a reply may still come after
    it; `turnaround_us`: silence that the device needs after its reply. `probe`: a read that answers
    in another shape than the regular ones, asked first after a time-out (design P6); its answer
    shows that the device is there, and is not decoded.
    """

    name: str
    unit: int
    driver: PollDriver
    period_us: int = 1_000_000
    timeout_us: int = 500_000
    late_max_us: int = 3_000_000
    turnaround_us: int = 0
    probe: Read | None = None
    report: ReportPolicy = msgspec.field(default_factory=ReportPolicy)
    is_test: bool = False


class ListenedDevice(msgspec.Struct, frozen=True):
    """A device that owns a stream."""

    name: str
    driver: ListenDriver
    report: ReportPolicy = msgspec.field(default_factory=ReportPolicy)
    is_test: bool = False
