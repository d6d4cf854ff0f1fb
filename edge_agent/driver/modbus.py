"""One Modbus device: which read is due, what a reply says, and when it counts as offline."""

from collections.abc import Iterable

from device_profiles.model import Point, Profile
from device_profiles.transport import Modbus, Probe
from edge_agent.driver.cycle import Cycle
from edge_agent.driver.derive import Derivation
from edge_agent.driver.interpret import Interpreter
from edge_agent.driver.read_plan import ReadPlan, Refused
from edge_agent.driver.request_cost import RequestCost
from edge_agent.driver.request_plan import PlannedRead
from edge_agent.driver.silence import Silence, Told
from edge_agent.driver.tilt import Vector
from edge_agent.exchange import Claim, Failure, Fault, Read, Reply, Sample, Table
from wire.quality import Quality, Reason, bad

_Bad = tuple[tuple[Point, ...], Quality]


class ModbusDriver:
    """A profile and a unit. All times are microseconds of one monotonic clock.

    Call `due` with one of `claims`, send what it gives, answer with exactly one of `received` and
    `failed`, and so on until it gives None: the cycle of that claim is over until about its next
    period. `timeout_us`, `late_max_us`, `turnaround_us` and `probe` (a read whose reply can not
    pass for a regular one; the line's business, design P6) are for the bus. `baseline`: the
    acceleration that the device showed when all was well, for its tilt. `hazards`: the points that
    hazard rules in force need; `cost`: what a read costs the line.
    """

    def __init__(
        self,
        profile: Profile,
        unit: int,
        period_us: int | None = None,
        baseline: Vector | None = None,
        *,
        hazards: Iterable[str] = (),
        cost: RequestCost | None = None,
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
        self._plan = ReadPlan(profile, transport, hazards, RequestCost() if cost is None else cost)
        self._interpreter = Interpreter(profile, baseline)
        self._derivation = Derivation(profile)
        self._keepalive_us = min(point.report.max_interval for point in profile.points)
        self._asked: int | None = None  # the read that is in flight
        self._refusals_told_us: int | None = None
        self._arrange(None)

    @property
    def is_offline(self) -> bool:
        """Nothing of the device can be read at present."""
        return self._silence.is_offline

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The claims that its reads have, the hard one first."""
        return tuple(self._cycles)

    @property
    def reads(self) -> tuple[PlannedRead, ...]:
        """What is asked at present."""
        return self._plan.reads

    @property
    def refused(self) -> tuple[str, ...]:
        """The points that the device refuses; they are asked for now and then only."""
        points = self._plan.refused_points
        return tuple(point.id for point in points) if points else ()

    def crowd(self, *, is_crowded: bool) -> bool:
        """Part hazard points from the rest, or read all together again; tell if that changed."""
        before = self.reads
        if is_crowded is not self._plan.is_crowded:
            self._plan.crowd(is_crowded=is_crowded)
            self._arrange(None)
        return self.reads != before

    def rebase(self, baseline: Vector | None) -> None:
        """Measure the tilt against another baseline from the next answer on."""
        self._interpreter.baseline = baseline

    def due(self, now_us: int, claim: Claim | None = None) -> Read | None:
        """The next request of the cycle, None between two cycles.

        Asked again without an answer it gives the same request: the one before was given up.
        Without a claim it is the first that the device has.
        """
        if not self._is_heard:
            self._hear(now_us)
        cycle = self._cycles.get(claim or self.claims[0])
        self._asked = None if cycle is None else cycle.due(now_us)
        return None if self._asked is None else self._requests[self._asked]

    def received(self, reply: Reply, now_us: int) -> list[Sample]:
        """The samples of the request in flight; they are stamped with the reply's arrival."""
        number = self._asked
        if number is None:
            return []
        read = self._plan.reads[number]
        if len(reply.words) != read.count:
            return self.failed(Failure(Fault.WRONG_REPLY, reply.received_us), now_us)
        was_offline = self.is_offline
        if was_offline:  # it may have lost, or been given, another configuration
            for cycle in self._cycles.values():
                cycle.all_anew(now_us)
        self._silence.answered(number, now_us)
        self._step(number, now_us, was_told=True)
        samples = self._interpreter.samples(read, reply.words, reply.received_us)
        if self._plan.answered(number, now_us, is_back=was_offline):
            self._arrange(now_us)
        return self._completed(samples, now_us)

    def failed(self, failure: Failure, now_us: int) -> list[Sample]:
        """What the failure of the request in flight means: often nothing yet, else bad samples.

        Points that follow from others over time are told in any case.
        """
        number = self._asked
        if number is None:
            return []
        if failure.fault is Fault.RESTING:  # it was never sent: ask the same again
            self._asked = None
            return []
        is_refusal = failure.fault is Fault.EXCEPTION
        told = (
            self._refuse(number, failure.code, now_us)
            if is_refusal
            else self._miss(number, failure.fault, now_us)
        )
        samples = [
            Sample(point.id, None, now_us, quality) for points, quality in told for point in points
        ]
        return self._completed(samples, now_us)

    @property
    def overdue_us(self) -> int | None:
        """When `overdue` has something to tell, unless an answer comes before."""
        return self._silence.overdue_us

    def overdue(self, now_us: int) -> list[Sample]:
        """What three misses mean once three periods are over, though nothing is asked just now."""
        told = self._points_of(self._silence.overdue(now_us))
        if self.is_offline:
            self._interpreter.forget()
        samples = [
            Sample(point.id, None, now_us, quality) for points, quality in told for point in points
        ]
        return self._completed(samples, now_us)

    def _miss(self, number: int, fault: Fault, now_us: int) -> list[_Bad]:
        told = self._points_of(self._silence.missed(number, fault, now_us))
        self._step(number, now_us, was_told=False)
        if self.is_offline:
            self._interpreter.forget()
        return told

    def _refuse(self, number: int, code: int | None, now_us: int) -> list[_Bad]:
        """A part that is not there is looked for once; until it is found nothing is told."""
        told = self._points_of(self._silence.refused(number, now_us))
        self._step(number, now_us, was_told=True)
        before = self.reads
        what = self._plan.refused(number, code, now_us)
        if self.reads is not before:
            self._arrange(now_us)
        return told if what is Refused.TOLD else []

    def _completed(self, samples: list[Sample], now_us: int) -> list[Sample]:
        """With what the device refuses, now and then, and with what follows from all of it."""
        refused = self._plan.refused_points
        since_us = self._refusals_told_us
        if refused and (since_us is None or now_us - since_us >= self._keepalive_us):
            self._refusals_told_us = now_us
            quality = bad(Reason.DEVICE_EXCEPTION)
            samples += [Sample(point.id, None, now_us, quality) for point in refused]
        return samples + self._derivation.feed(samples, now_us)

    def _points_of(self, told: Told) -> list[_Bad]:
        return [(self.reads[number].points, quality) for number, quality in told]

    def _step(self, number: int, now_us: int, *, was_told: bool) -> None:
        self._asked = None
        self._cycle_of[number].done(now_us, was_told=was_told)

    def _arrange(self, now_us: int | None) -> None:
        """Begin anew with the reads as they are planned now."""
        reads = self.reads
        self._requests = tuple(_request(self.unit, read) for read in reads)
        numbers = {
            claim: [n for n, read in enumerate(reads) if read.claim is claim] for claim in Claim
        }
        self._cycles = {
            claim: Cycle([(n, reads[n].every_us) for n in mine], self.period_us)
            for claim, mine in numbers.items()
            if mine
        }
        self._cycle_of = {n: one for one in self._cycles.values() for n in one.reads}
        self._refusals_told_us = None
        self._is_heard = False
        self._silence = Silence(0, self.period_us, self._keepalive_us, 0)
        if now_us is not None:
            self._hear(now_us)

    def _hear(self, now_us: int) -> None:
        self._is_heard = True
        self._silence = Silence(len(self.reads), self.period_us, self._keepalive_us, now_us)


def _request(unit: int, what: PlannedRead | Probe) -> Read:
    return Read(unit, Table(what.table.value), what.address, what.count)
