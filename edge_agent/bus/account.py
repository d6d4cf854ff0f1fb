"""What happened on one line: counters per unit, reply times, use of the wire, the last frames."""

from collections import deque
from collections.abc import Callable

from edge_agent.bus.anomaly import Lookout
from edge_agent.bus.framing import Framing, RtuFraming
from edge_agent.bus.outcome import Outcome
from edge_agent.exchange import Failure, Fault, Reply, Request
from edge_agent.health import Caught, FrameRecord, UnitHealth

_REPLY_TIMES_KEPT = 256
_FRAMES_KEPT = 128
_CAUGHT_KEPT = 4
_SLICES = 6
_SLICE_US = 10_000_000
_COUNTER = {
    Fault.TIME_OUT: "time_outs",
    Fault.CRC: "crc_errors",
    Fault.EXCEPTION: "exceptions",
    Fault.WRONG_REPLY: "wrong_replies",
    Fault.TOO_EARLY: "too_early",
}


_Exchange = tuple[int, bytes, int, str, bytes]
"""When the request was sent, its frame, when and how that ended, what was heard until then."""


class _UnitCount:
    """No Struct: its fields are set with each exchange, which costs those five times as much."""

    def __init__(self) -> None:
        self.requests = self.replies = self.exceptions = self.time_outs = self.crc_errors = 0
        self.wrong_replies = self.too_early = self.cancelled = self.stale = 0
        self.reply_us: deque[int] = deque(maxlen=_REPLY_TIMES_KEPT)

    def counters(self) -> dict[str, int]:
        return {name: value for name, value in vars(self).items() if name != "reply_us"}


class LineAccount:
    """Counts for ever and keeps little: the last reply times, frames and minute of use.

    `gap_us`: the silence that every exchange owes the line, which is use of the wire too.
    """

    def __init__(self, gap_us: int = 0, framing: Framing | None = None) -> None:
        self._framing = RtuFraming() if framing is None else framing
        self._gap_us = gap_us
        self._units: dict[int, _UnitCount] = {}
        self._last: deque[_Exchange | FrameRecord] = deque(maxlen=_FRAMES_KEPT)
        self._busy = _BusyMeter()
        self._lookout = Lookout()
        self._caught: deque[Caught] = deque(maxlen=_CAUGHT_KEPT)
        self.discarded_bytes = 0
        self.echoes = 0

    def asked(self, request: Request, outcome: Outcome) -> None:
        """Book one exchange that came to an end. Most are answered: that path is short."""
        unit = self._units.get(request.unit) or self._unit(request.unit)
        if outcome.stray:
            self._discarded(outcome.stray, outcome.ended_us)
        sent_us, ended_us = outcome.sent_us, outcome.ended_us
        if sent_us is None:
            return
        unit.requests += 1
        if outcome.hears_itself:
            self.echoes += 1
        self._busy.add(sent_us, ended_us + self._gap_us)
        self._last.append((sent_us, outcome.request, ended_us, outcome.verdict, outcome.received))
        anomaly = self._lookout.judge(outcome)
        if anomaly is not None:
            why = f"{anomaly} of unit {request.unit}"
            self._caught.append(Caught(why, ended_us, self.frames()))
        for stale in outcome.stale:
            self._unit(stale).stale += 1
        if isinstance(outcome.result, Reply):
            unit.replies += 1
            unit.reply_us.append(ended_us - sent_us)
        else:
            _count_failure(unit, outcome.result)

    def cancelled(self, unit: int) -> None:
        """Book an exchange that the asker gave up."""
        self._unit(unit).cancelled += 1

    def busy(self, now_us: int) -> float:
        return self._busy.share(now_us)

    def frames(self) -> tuple[FrameRecord, ...]:
        """Return the last frames, oldest first, for whoever looks into a fault."""
        records: deque[FrameRecord] = deque(maxlen=_FRAMES_KEPT)
        for one in self._last:
            records.extend((one,) if isinstance(one, FrameRecord) else _records(*one))
        return tuple(records)

    def caught(self) -> tuple[Caught, ...]:
        """Return what was odd since the last time, each with the frames before it."""
        caught = tuple(self._caught)
        self._caught.clear()
        return caught

    def units(self, resting_until_us: Callable[[int], int]) -> tuple[UnitHealth, ...]:
        return tuple(
            UnitHealth(
                unit=number,
                **count.counters(),
                reply_p50_us=_quantile(count.reply_us, 50),
                reply_p99_us=_quantile(count.reply_us, 99),
                resting_until_us=resting_until_us(number),
            )
            for number, count in sorted(self._units.items())
        )

    def _unit(self, unit: int) -> _UnitCount:
        found = self._units.get(unit)
        if found is None:
            found = self._units[unit] = _UnitCount()
        return found

    def _discarded(self, stray: bytes, at_us: int) -> None:
        self.discarded_bytes += len(stray)
        self._last.append(FrameRecord(at_us, "discarded", stray))
        for unit in self._framing.stale_units(stray):
            self._unit(unit).stale += 1


class _BusyMeter:
    """Adds up the use of the wire in ten-second slices and forgets those older than a minute."""

    def __init__(self) -> None:
        self._over: deque[tuple[int, int]] = deque(maxlen=_SLICES)
        self._since_us: int | None = None
        self._number = 0
        self._until_us = 0  # the end of the present slice
        self._used_us = 0  # in it

    def add(self, start_us: int, end_us: int) -> None:
        if end_us >= self._until_us:
            self._begin(start_us, end_us)
        self._used_us += end_us - start_us

    def _begin(self, start_us: int, end_us: int) -> None:
        if self._since_us is None:
            self._since_us = start_us
        else:
            self._over.append((self._number, self._used_us))
        self._number, self._used_us = end_us // _SLICE_US, 0
        self._until_us = (self._number + 1) * _SLICE_US

    def share(self, now_us: int) -> float:
        if self._since_us is None:
            return 0.0
        oldest = now_us // _SLICE_US - _SLICES
        slices = (*self._over, (self._number, self._used_us))
        used = sum(busy for number, busy in slices if number >= oldest)
        observed = now_us - max(self._since_us, oldest * _SLICE_US)
        return min(used / max(observed, 1), 1.0)


def _records(
    sent_us: int, request: bytes, ended_us: int, verdict: str, received: bytes
) -> tuple[FrameRecord, FrameRecord]:
    return FrameRecord(sent_us, "sent", request), FrameRecord(ended_us, verdict, received)


def _count_failure(unit: _UnitCount, failure: Failure) -> None:
    name = _COUNTER.get(failure.fault)
    if name is not None:
        setattr(unit, name, getattr(unit, name) + 1)


def _quantile(values: deque[int], per_cent: int) -> int | None:
    if not values:
        return None
    ordered = sorted(values)
    return ordered[min(len(ordered) * per_cent // 100, len(ordered) - 1)]
