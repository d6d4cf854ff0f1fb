"""What Modbus units behind one TCP port answer, and when; and a serial line behind a converter."""

import heapq
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from simulators.fault import hinders, is_early, lateness_us, resets
from simulators.mbap import FramingError, TcpRequest, pack, take_requests
from simulators.modbus_fault import beside, spoil_tcp_reply
from simulators.register_image import ExceptionCode, exception_reply
from simulators.slave_line import (
    BUSY_LIMIT,
    EXCHANGES_KEPT,
    Exchange,
    SlaveLine,
    SlaveUnit,
    checked_units,
    found_unit,
)


@dataclass(frozen=True, slots=True)
class Parcel:
    """Bytes for one connection; with `reset` the connection is reset after them."""

    connection: int
    data: bytes = b""
    reset: bool = False


class Served(Protocol):
    """What answers on a TCP port; connections are numbers, times are µs of one clock."""

    def joined(self, connection: int) -> object:
        """Learn of a new connection."""

    def left(self, connection: int) -> object:
        """Learn that a connection has gone."""

    def received(self, connection: int, data: bytes, now: int) -> object:
        """Take bytes that have arrived."""

    def due(self, now: int) -> list[Parcel]:
        """Return what leaves now."""

    def wake_us(self, now: int) -> int | None:
        """Return when `due` has something to do next, None if only new bytes can change that."""


@dataclass(slots=True)
class TcpCounts:
    """What the port saw."""

    requests: int = 0
    replies: int = 0
    bad_frames: int = 0


class TcpUnits:
    """Units behind one Modbus TCP port, a device of its own or a gateway to several.

    A unit that is not there is refused with 11 after `absent_us`, as gateways do (Modbus
    application protocol V1.1b3, section 7). A request beyond 64 that wait is refused with 6. A
    stream that is no Modbus TCP is reset. A unit's replies keep their order. Two units of one
    address behind a gateway, assumed: it takes what collides for silence, and passes a reply that
    comes later on under the same transaction.
    """

    def __init__(
        self,
        units: Iterable[SlaveUnit],
        *,
        turnaround_us: int = 3_000,
        absent_us: int = 500_000,
        keep_exchanges: bool = False,
    ) -> None:
        """Connect the units. Raises ValueError when two have one address."""
        self._units = checked_units(units)
        self._turnaround_us = turnaround_us
        self._absent_us = absent_us
        self.counts = TcpCounts()
        self.exchanges: deque[Exchange] = deque(maxlen=EXCHANGES_KEPT if keep_exchanges else 0)
        self._heard: dict[int, bytearray] = {}
        self._ready: list[tuple[int, int, Parcel]] = []
        self._busy_until_us: dict[int, int] = {}
        self._order = 0

    def joined(self, connection: int) -> None:
        """Listen to a new connection."""
        self._heard[connection] = bytearray()

    def left(self, connection: int) -> None:
        """Forget what a connection began to say; what it is owed is thrown away when it is due."""
        self._heard.pop(connection, None)

    def received(self, connection: int, data: bytes, now: int) -> None:
        """Execute the requests that are whole."""
        heard = self._heard[connection]
        heard += data
        try:
            requests = take_requests(heard)
        except FramingError:
            self.counts.bad_frames += 1
            heard.clear()
            self._queue(now, Parcel(connection, reset=True))
            return
        for request in requests:
            self.counts.requests += 1
            self._execute(connection, request, now)

    def due(self, now: int) -> list[Parcel]:
        """Return what leaves by `now`, for the connections that are still there."""
        found = []
        while self._ready and self._ready[0][0] <= now:
            parcel = heapq.heappop(self._ready)[2]
            if parcel.connection in self._heard:
                self.counts.replies += bool(parcel.data)
                found.append(parcel)
        return found

    def wake_us(self, _now: int) -> int | None:
        """Return when the next reply leaves."""
        return self._ready[0][0] if self._ready else None

    def _execute(self, connection: int, request: TcpRequest, now: int) -> None:
        unit = found_unit(self._units, request.unit)
        if unit is None:
            self._refuse(connection, request, ExceptionCode.GATEWAY_TARGET_SILENT, now)
        elif len(self._ready) >= BUSY_LIMIT:
            self._refuse(connection, request, ExceptionCode.DEVICE_BUSY, now)
        else:
            self._reply(connection, request, unit, now)

    def _refuse(self, connection: int, asked: TcpRequest, code: ExceptionCode, now: int) -> None:
        absent = code is ExceptionCode.GATEWAY_TARGET_SILENT
        if len(self._ready) < 2 * BUSY_LIMIT:
            pdu = exception_reply(asked.pdu[0], code)
            frame = spoil_tcp_reply(asked.transaction, asked.unit, pdu, ())
            self._queue(now + (self._absent_us if absent else 0), Parcel(connection, frame))

    def _reply(self, connection: int, asked: TcpRequest, unit: SlaveUnit, now: int) -> None:
        faults = unit.faults.draw(now=now)
        refusal = exception_reply(asked.pdu[0], ExceptionCode.DEVICE_FAILURE)
        answer = refusal if hinders(faults) else unit.answer(asked.pdu, now)
        reply = spoil_tcp_reply(asked.transaction, asked.unit, answer, faults)
        names = tuple(fault.kind.name.lower() for fault in faults)
        self.exchanges.append(Exchange(now, asked.unit, asked.pdu, reply, names))
        wait_us = lateness_us(faults) + (0 if is_early(faults) else self._turnaround_us)
        ready = max(now + wait_us, self._busy_until_us.get(asked.unit, 0))
        other = beside(asked.pdu, now, faults)
        if other is not None and not other.late_us:
            self._refuse(connection, asked, ExceptionCode.GATEWAY_TARGET_SILENT, now)
            return
        if reply or resets(faults):
            self._busy_until_us[asked.unit] = ready
            self._queue(ready, Parcel(connection, reply, reset=resets(faults)))
        if other is not None:
            frame = pack(asked.transaction, asked.unit, other.pdu)
            self._queue(ready + other.late_us, Parcel(connection, frame))

    def _queue(self, ready: int, parcel: Parcel) -> None:
        self._order += 1
        heapq.heappush(self._ready, (ready, self._order, parcel))


class RtuTunnel:
    """A serial line behind a transparent converter: every connection hears every reply."""

    def __init__(self, line: SlaveLine) -> None:
        """Put the converter before the line."""
        self.line = line
        self._connections: set[int] = set()

    def joined(self, connection: int) -> None:
        """Let a connection hear the line."""
        self._connections.add(connection)

    def left(self, connection: int) -> None:
        """Let it hear no more."""
        self._connections.discard(connection)

    def received(self, _connection: int, data: bytes, now: int) -> None:
        """Put bytes on the wire."""
        self.line.received(data, now)

    def due(self, now: int) -> list[Parcel]:
        """Return what the line says to each connection."""
        data = self.line.due(now)
        reset, self.line.wants_reset = self.line.wants_reset, False
        if not data and not reset:
            return []
        return [Parcel(one, data, reset=reset) for one in sorted(self._connections)]

    def wake_us(self, now: int) -> int | None:
        """Return when the line has something to do next."""
        return self.line.wake_us(now)
