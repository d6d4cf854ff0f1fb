"""What the Modbus units of one line answer, and at which microsecond each byte arrives."""

import heapq
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Protocol

from simulators.fault import ANY, Fault, hinders, is_early, lateness_us, resets
from simulators.modbus_fault import beside, collided, spoil_reply
from simulators.register_image import ExceptionCode, exception_reply
from simulators.rtu import is_sealed, opened, request_length, seal
from simulators.wire_time import Sender, WireFormat

BROADCAST: Final = 0
BUSY_LIMIT: Final = 64
EXCHANGES_KEPT: Final = 100_000


class Struck(Protocol):
    """What draws the faults of a frame."""

    def draw(self, name: str = ANY, *, now: int = 0) -> tuple[Fault, ...]:
        """Return the faults of the frame of this name at `now` (µs); use up one count of each."""


class SlaveUnit(Protocol):
    """A device on the line: its address, its faults, and what it answers to a request PDU."""

    @property
    def unit(self) -> int:
        """Its address now; a write may change it."""

    @property
    def faults(self) -> Struck:
        """What spoils its replies."""

    def answer(self, pdu: bytes, now: int) -> bytes:
        """Execute a request PDU at `now` (µs) and return the reply PDU."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request that a unit met: when it was whole, what was sent back, and what was wrong."""

    at_us: int
    unit: int
    request: bytes
    reply: bytes
    faults: tuple[str, ...]


@dataclass(slots=True)
class LineCounts:
    """What the line saw: requests, replies, and what a real line would have suffered."""

    requests: int = 0
    replies: int = 0
    gap_violations: int = 0
    bad_frames: int = 0
    overlaps: int = 0
    refused_busy: int = 0


class SlaveLine:
    """Keeps the wire's time: a request takes its characters, a pause, a turnaround, a reply.

    `received` takes bytes as the master hands them to its UART, all at once; on the wire they take
    their time from then on. `due` returns what has arrived at the master by `now`. A unit's replies
    keep their order, and no two replies lie on the wire together. Times are µs of one clock.
    `wants_reset` turns True when a fault resets the connection; who carries the bytes over TCP does
    it, and puts it back to False.
    """

    def __init__(
        self,
        units: Iterable[SlaveUnit],
        wire: WireFormat,
        *,
        turnaround_us: int = 2_000,
        insist_on_gap: bool = False,
        keep_exchanges: bool = False,
    ) -> None:
        """Connect the units. Raises ValueError when two have one address."""
        self._units = checked_units(units)
        self.wants_reset = False
        self.wire = wire
        self.counts = LineCounts()
        self.exchanges: deque[Exchange] = deque(maxlen=EXCHANGES_KEPT if keep_exchanges else 0)
        self._turnaround_us = turnaround_us
        self._insist_on_gap = insist_on_gap
        self._heard = bytearray()
        self._heard_until_us = 0
        self._quiet_since_us = 0
        self._gap_kept = True
        self._to_execute: deque[tuple[int, bytes]] = deque(maxlen=BUSY_LIMIT)
        self._ready: list[tuple[int, int, bytes, bool]] = []
        self._busy_until_us: dict[int, int] = {}
        self._sender = Sender(wire)
        self._order = 0

    def received(self, data: bytes, now: int) -> None:
        """Take bytes that the master began to send at `now`."""
        if not data:
            return
        start = max(now, self._heard_until_us)
        if not self._heard:
            self._note_start(start)
        if self._sender.busy:
            self.counts.overlaps += 1
        self._heard += data
        self._heard_until_us = start + self.wire.duration_us(len(data))
        self._quiet_since_us = max(self._quiet_since_us, self._heard_until_us)
        self._take_whole_requests()

    def due(self, now: int) -> bytes:
        """Return the bytes that have arrived at the master by `now`."""
        self._end_by_silence(now)
        while self._to_execute and self._to_execute[0][0] <= now:
            self._execute(*self._to_execute.popleft())
        self._start_sending(now)
        arrived = self._sender.due(now)
        if arrived:
            self._quiet_since_us = now
            self._start_sending(now)
        return arrived

    def wake_us(self, _now: int) -> int | None:
        """Return when `due` has something to do next, None if only new bytes can change that."""
        times = [self._heard_until_us + self.wire.gap_us] if self._heard else []
        times += [self._to_execute[0][0]] if self._to_execute else []
        if self._sender.next_us is not None:
            times.append(self._sender.next_us)
        elif self._ready:
            times.append(self._ready[0][0])
        return min(times, default=None)

    def _note_start(self, start: int) -> None:
        self._gap_kept = start - self._quiet_since_us >= self.wire.gap_us
        if not self._gap_kept:
            self.counts.gap_violations += 1

    def _take_whole_requests(self) -> None:
        while self._heard:
            length = request_length(bytes(self._heard))
            if length is None or len(self._heard) < length:
                return
            if not is_sealed(bytes(self._heard[:length])):
                return
            frame = bytes(self._heard[:length])
            del self._heard[:length]
            end = self._heard_until_us - self.wire.duration_us(len(self._heard))
            self._accept(frame, end)
            if self._heard:
                self._gap_kept = False
                self.counts.gap_violations += 1

    def _end_by_silence(self, now: int) -> None:
        """Judge what is no request of a known shape once the line has been silent for long."""
        if not self._heard or now < self._heard_until_us + self.wire.gap_us:
            return
        frame = bytes(self._heard)
        self._heard.clear()
        if is_sealed(frame):
            self._accept(frame, self._heard_until_us)
        else:
            self.counts.bad_frames += 1

    def _accept(self, frame: bytes, end: int) -> None:
        self.counts.requests += 1
        if self._insist_on_gap and not self._gap_kept:
            return
        if len(self._to_execute) == BUSY_LIMIT:
            self.counts.refused_busy += 1
            return
        self._to_execute.append((end + self.wire.gap_us, frame))

    def _execute(self, at: int, frame: bytes) -> None:
        address, pdu = opened(frame)
        if address == BROADCAST:
            for unit in self._units:
                unit.answer(pdu, at)
        elif (unit_asked := found_unit(self._units, address)) is not None:
            self._reply(unit_asked, address, pdu, at)

    def _reply(self, unit: SlaveUnit, address: int, pdu: bytes, at: int) -> None:
        faults = unit.faults.draw(now=at)
        # A unit that is silent or refuses does not execute, so its ground truth stays true.
        refusal = exception_reply(pdu[0], ExceptionCode.DEVICE_FAILURE)
        answer = refusal if hinders(faults) else unit.answer(pdu, at)
        reply = spoil_reply(address, answer, faults)
        names = tuple(fault.kind.name.lower() for fault in faults)
        self.exchanges.append(Exchange(at, address, pdu, reply, names))
        self.wants_reset = self.wants_reset or resets(faults)
        early = is_early(faults)
        wait_us = lateness_us(faults) + (0 if early else self._turnaround_us)
        other = beside(pdu, at, faults)
        if other is not None:
            reply = self._overlaid(reply, seal(address, other.pdu), at + wait_us, other.late_us)
        if reply:
            ready = max(at + wait_us, self._busy_until_us.get(address, 0))
            self._busy_until_us[address] = ready
            self._queue(reply, ready, early=early)

    def _overlaid(self, reply: bytes, other: bytes, ready: int, late_us: int) -> bytes:
        """Return what lies on the wire at `ready`; another unit's reply may follow by itself."""
        shift = max(1, late_us // self.wire.duration_us(1))
        if shift < len(reply):
            return collided(reply, other, shift)
        self._queue(other, ready + late_us, early=False)
        return reply

    def _queue(self, reply: bytes, ready: int, *, early: bool) -> None:
        if len(self._ready) >= BUSY_LIMIT:
            self.counts.refused_busy += 1
            return
        self._order += 1
        heapq.heappush(self._ready, (ready, self._order, reply, early))

    def _start_sending(self, now: int) -> None:
        if self._sender.busy or not self._ready or self._ready[0][0] > now:
            return
        ready, _, reply, early = heapq.heappop(self._ready)
        self.counts.replies += 1
        if early:
            self._sender.burst(reply, ready)
        else:
            self._sender.send(reply, max(ready, self._quiet_since_us + self.wire.gap_us))


def checked_units(units: Iterable[SlaveUnit]) -> tuple[SlaveUnit, ...]:
    """Return the units of a line. Raises ValueError when two have one address."""
    given = tuple(units)
    if len({unit.unit for unit in given}) != len(given):
        raise ValueError("two units of one line have the same address")
    return given


def found_unit(units: Iterable[SlaveUnit], address: int) -> SlaveUnit | None:
    """Return the unit that listens to an address now; a write may have changed it."""
    return next((unit for unit in units if unit.unit == address), None)
