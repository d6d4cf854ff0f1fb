"""One Modbus device: which read is due, what a reply says, and when it counts as offline."""

from dataclasses import dataclass

from device_profiles.model import Point, Profile
from device_profiles.transport import Modbus, Probe
from edge_agent.driver.decode import decode_words
from edge_agent.driver.request_plan import PlannedRead, plan_reads
from edge_agent.exchange import Failure, Fault, Read, Reply, Sample, Table
from wire.quality import Quality, Reason, bad

MISSES = 3
"""Offline: so many misses in a row, and as many poll periods without a good reply."""

_SILENT = (bad(Reason.COMM_FAILURE), bad(Reason.NOT_CONNECTED))
_EARLY_SHARE = 10
"""A cycle may begin a tenth of its period early: the poller keeps a grid of its own."""


@dataclass(slots=True)
class _Health:
    """Of one planned read, so that a dead table is seen although the others answer."""

    good_us: int
    misses: int = 0
    told: Quality | None = None
    told_us: int = 0


class ModbusDriver:
    """A profile and a unit. All times are microseconds of one monotonic clock.

    Call `due`, send what it gives, answer with exactly one of `received` and `failed`, and so on
    until it gives None: the cycle is over until about `next_us`. Periods that were missed are
    skipped, not caught up. `timeout_us`, `late_max_us`, `turnaround_us` and `probe` (a read whose
    reply can not pass for a regular one; the line's business, design P6) are for the bus.
    """

    def __init__(self, profile: Profile, unit: int, period_us: int | None = None) -> None:
        """Raise TypeError when the profile is not Modbus."""
        if not isinstance(profile.transport, Modbus):
            raise TypeError(f"profile {profile.id} does not speak Modbus")
        transport = profile.transport
        self.unit = unit
        self.timeout_us = transport.timeout
        self.late_max_us = transport.late_max
        self.turnaround_us = transport.turnaround
        self.period_us = transport.poll_period if period_us is None else period_us
        self.probe = None if transport.probe is None else _request(unit, transport.probe)
        self.next_us: int | None = None
        self._reads = plan_reads(profile.points, transport)
        self._keepalive_us = min(point.report.max_interval for point in profile.points)
        self._health: list[_Health] = []
        self._cycle_us = 0
        self._index = 0  # of the read that is due or in flight
        self._in_flight = False

    @property
    def is_offline(self) -> bool:
        """Nothing of the device can be read at present."""
        return bool(self._health) and all(one.told in _SILENT for one in self._health)

    def due(self, now_us: int) -> Read | None:
        """The next request of the cycle, None between two cycles.

        Asked again without an answer it gives the same request: the one before was given up.
        """
        if not self._in_flight and self._index == 0 and not self._begin(now_us):
            return None
        self._in_flight = True
        return _request(self.unit, self._reads[self._index])

    def received(self, reply: Reply, now_us: int) -> list[Sample]:
        """The samples of the request in flight; they are stamped with the reply's arrival."""
        if not self._in_flight:
            return []
        read, health = self._reads[self._index], self._health[self._index]
        if len(reply.words) != read.count:
            return self.failed(Failure(Fault.WRONG_REPLY, reply.received_us), now_us)
        health.misses, health.good_us, health.told = 0, now_us, None
        self._step(now_us)
        return [_sample(point, read, reply) for point in read.points]

    def failed(self, failure: Failure, now_us: int) -> list[Sample]:
        """What the failure of the request in flight means: often nothing yet, else bad samples."""
        if not self._in_flight:
            return []
        if failure.fault is Fault.RESTING:  # it was never sent: ask the same again
            self._in_flight = False
            return []
        samples = self._miss(failure, now_us)
        self._step(now_us)
        return samples

    def _begin(self, now_us: int) -> bool:
        """Begin a cycle if its time has come, on the grid of the cycle before if there is one."""
        if self.next_us is None:
            self._health = [_Health(good_us=now_us) for _ in self._reads]
            self._cycle_us = now_us
            return True
        if now_us < self.next_us - self.period_us // _EARLY_SHARE:
            return False
        self._cycle_us = self.next_us if now_us < self.next_us + self.period_us else now_us
        return True

    def _miss(self, failure: Failure, now_us: int) -> list[Sample]:
        read, health = self._reads[self._index], self._health[self._index]
        if failure.fault is Fault.EXCEPTION:
            health.misses, health.good_us = 0, now_us  # it lives; only these points are refused
            return self._tell(read, health, bad(Reason.DEVICE_EXCEPTION), now_us)
        health.misses += 1
        if failure.fault is Fault.PORT_GONE:
            return self._tell(read, health, bad(Reason.NOT_CONNECTED), now_us)
        is_long = health.misses >= MISSES and now_us - health.good_us >= MISSES * self.period_us
        if is_long or health.told in _SILENT:
            return self._tell(read, health, bad(Reason.COMM_FAILURE), now_us)
        return []

    def _tell(
        self, read: PlannedRead, health: _Health, quality: Quality, now_us: int
    ) -> list[Sample]:
        """Once when it begins, then again every keep-alive."""
        if health.told == quality and now_us - health.told_us < self._keepalive_us:
            return []
        health.told, health.told_us = quality, now_us
        return [Sample(point.id, None, now_us, quality) for point in read.points]

    def _step(self, now_us: int) -> None:
        """On to the next read of the cycle, or to the next cycle that is still ahead."""
        self._in_flight = False
        self._index = (self._index + 1) % len(self._reads)
        if self._index == 0:
            behind = max(0, now_us - self._cycle_us)
            self.next_us = self._cycle_us + self.period_us * max(1, -(-behind // self.period_us))


def _request(unit: int, what: PlannedRead | Probe) -> Read:
    return Read(unit, Table(what.table.value), what.address, what.count)


def _sample(point: Point, read: PlannedRead, reply: Reply) -> Sample:
    register = point.register
    if register is None:
        raise ValueError(f"point {point.id} was planned without a register")
    start = register.address - read.address
    decoded = decode_words(point, register, reply.words[start : start + register.count])
    return Sample(point.id, decoded.value, reply.received_us, decoded.quality)
