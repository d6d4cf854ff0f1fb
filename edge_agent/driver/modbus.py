"""One Modbus device: which read is due, what a reply says, and when it counts as offline."""

from device_profiles.model import Profile
from device_profiles.transport import Modbus, Probe
from edge_agent.driver.derive import Derivation
from edge_agent.driver.interpret import Interpreter
from edge_agent.driver.request_plan import PlannedRead, plan_reads
from edge_agent.driver.silence import Silence, Told
from edge_agent.driver.tilt import Vector
from edge_agent.exchange import Failure, Fault, Read, Reply, Sample, Table

_EARLY_SHARE = 10
"""A cycle may begin a tenth of its period early: the poller keeps a grid of its own."""


class ModbusDriver:
    """A profile and a unit. All times are microseconds of one monotonic clock.

    Call `due`, send what it gives, answer with exactly one of `received` and `failed`, and so on
    until it gives None: the cycle is over until about `next_us`. Periods that were missed are
    skipped, not caught up. `timeout_us`, `late_max_us`, `turnaround_us` and `probe` (a read whose
    reply can not pass for a regular one; the line's business, design P6) are for the bus.
    `baseline`: the acceleration that the device showed when all was well, for its tilt.
    """

    def __init__(
        self,
        profile: Profile,
        unit: int,
        period_us: int | None = None,
        baseline: Vector | None = None,
    ) -> None:
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
        self._interpreter = Interpreter(profile, baseline)
        self._derivation = Derivation(profile)
        self._keepalive_us = min(point.report.max_interval for point in profile.points)
        self._silence = Silence(0, self.period_us, self._keepalive_us, 0)
        self._not_before_us = [0 for _ in self._reads]  # of those that hardly change
        self._cycle_us = 0
        self._turn: list[int] = []  # what is left of the cycle; the first is due or in flight
        self._in_flight = False

    @property
    def is_offline(self) -> bool:
        """Nothing of the device can be read at present."""
        return self._silence.is_offline

    def due(self, now_us: int) -> Read | None:
        """The next request of the cycle, None between two cycles.

        Asked again without an answer it gives the same request: the one before was given up.
        """
        if not self._in_flight and not self._turn and not self._begin(now_us):
            return None
        self._in_flight = True
        return _request(self.unit, self._reads[self._turn[0]])

    def received(self, reply: Reply, now_us: int) -> list[Sample]:
        """The samples of the request in flight; they are stamped with the reply's arrival."""
        if not self._in_flight:
            return []
        index = self._turn[0]
        read = self._reads[index]
        if len(reply.words) != read.count:
            return self.failed(Failure(Fault.WRONG_REPLY, reply.received_us), now_us)
        if self.is_offline:  # it may have lost, or been given, another configuration
            self._not_before_us = [now_us for _ in self._reads]
        self._silence.answered(index, now_us)
        self._not_before_us[index] = now_us + read.every_us
        self._step(now_us)
        found = self._interpreter.interpret(read, reply.words)
        samples = [
            Sample(point, decoded.value, reply.received_us, decoded.quality)
            for point, decoded in found.items()
        ]
        return [*samples, *self._derivation.feed(samples, now_us)]

    def failed(self, failure: Failure, now_us: int) -> list[Sample]:
        """What the failure of the request in flight means: often nothing yet, else bad samples.

        Points that follow from others over time are told in any case.
        """
        if not self._in_flight:
            return []
        if failure.fault is Fault.RESTING:  # it was never sent: ask the same again
            self._in_flight = False
            return []
        told = self._miss(failure, now_us)
        self._step(now_us)
        samples = [
            Sample(point.id, None, now_us, quality)
            for index, quality in told
            for point in self._reads[index].points
        ]
        return [*samples, *self._derivation.feed(samples, now_us)]

    def _miss(self, failure: Failure, now_us: int) -> Told:
        index = self._turn[0]
        if failure.fault is Fault.EXCEPTION:
            self._not_before_us[index] = now_us + self._reads[index].every_us
            return self._silence.refused(index, now_us)
        told = self._silence.missed(index, failure.fault, now_us)
        if self.is_offline:
            self._interpreter.forget()
        return told

    def _begin(self, now_us: int) -> bool:
        """Begin a cycle if its time has come, on the grid of the cycle before if there is one."""
        if self.next_us is None:
            self._silence = Silence(len(self._reads), self.period_us, self._keepalive_us, now_us)
            self._cycle_us = now_us
        elif now_us < self.next_us - self.period_us // _EARLY_SHARE:
            return False
        else:
            is_on_grid = now_us < self.next_us + self.period_us
            self._cycle_us = self.next_us if is_on_grid else now_us
        self._turn = [n for n, _ in enumerate(self._reads) if self._is_due(n, now_us)] or [0]
        return True

    def _is_due(self, index: int, now_us: int) -> bool:
        early_us = self.period_us // _EARLY_SHARE
        return not self._reads[index].every_us or now_us >= self._not_before_us[index] - early_us

    def _step(self, now_us: int) -> None:
        """On to the next read of the cycle, or to the next cycle that is still ahead."""
        self._in_flight = False
        del self._turn[0]
        if not self._turn:
            behind = max(0, now_us - self._cycle_us)
            self.next_us = self._cycle_us + self.period_us * max(1, -(-behind // self.period_us))


def _request(unit: int, what: PlannedRead | Probe) -> Read:
    return Read(unit, Table(what.table.value), what.address, what.count)
