"""A clock of the devices that may run faster than the wire's, and what stands between the two."""

from dataclasses import replace

from simulators.fault import ANY, Answer, Fault
from simulators.slave_line import SlaveUnit, Struck
from simulators.stream_device import FaultyStream


class Pace:
    """Devices, and the world that they feel, live `speed` times as fast from `start` on.

    Both clocks are the same until then, and neither ever goes back. What a wire, a lateness or a
    program takes is counted by the real one.
    """

    def __init__(self, speed: float = 1.0) -> None:
        """Be as fast as real time until `start`. Raises ValueError for a speed of 0 or less."""
        if not speed > 0:
            raise ValueError(f"speed is {speed}; it must be above 0")
        self.speed = speed
        self._began_us: int | None = None

    def start(self, now: int) -> None:
        """Go `speed` times as fast from `now` (µs, real) on."""
        self._began_us = now

    def device_us(self, real_us: int) -> int:
        """Return what the devices' clock shows at a real time."""
        began = self._began_us
        if began is None or real_us <= began:
            return real_us
        return began + round((real_us - began) * self.speed)

    def real_us(self, device_us: int) -> int:
        """Return when, in real time, the devices' clock shows that."""
        began = self._began_us
        if began is None or device_us <= began:
            return device_us
        return began + round((device_us - began) / self.speed)


class PacedFaults:
    """The faults of a unit, drawn by the wire's clock though they end by the unit's."""

    def __init__(self, faults: Struck, pace: Pace) -> None:
        """Stand before a plan."""
        self._faults = faults
        self._pace = pace

    def draw(self, name: str = ANY, *, now: int = 0) -> tuple[Fault, ...]:
        """Return the faults of a frame at `now` (µs, real)."""
        struck = self._faults.draw(name, now=self._pace.device_us(now))
        return tuple(self._paced(fault) for fault in struck)

    def _paced(self, fault: Fault) -> Fault:
        return fault if fault.other is None else replace(fault, other=self._answer(fault.other))

    def _answer(self, other: Answer) -> Answer:
        return lambda pdu, now: other(pdu, self._pace.device_us(now))


class PacedUnit:
    """A Modbus unit that lives by the devices' clock, on a wire in real time."""

    def __init__(self, inner: SlaveUnit, pace: Pace) -> None:
        """Stand before a unit."""
        self._inner = inner
        self._pace = pace
        self.faults = PacedFaults(inner.faults, pace)

    @property
    def unit(self) -> int:
        return self._inner.unit

    def answer(self, pdu: bytes, now: int) -> bytes:
        """Execute a request PDU at `now` (µs, real) and return the reply PDU."""
        return self._inner.answer(pdu, self._pace.device_us(now))


class PacedStream:
    """A stream device that lives by the devices' clock, on a wire in real time."""

    def __init__(self, inner: FaultyStream, pace: Pace) -> None:
        """Stand before a device; from now on its faults keep their lateness real."""
        self._inner = inner
        self._pace = pace
        inner.faults.hasten(pace.speed)

    def due(self, now: int) -> bytes:
        """Return what it begins to send by itself by `now` (µs, real)."""
        return self._inner.due(self._pace.device_us(now))

    def received(self, data: bytes, now: int) -> bytes:
        """Take bytes from the host; return the answers that leave at once."""
        return self._inner.received(data, self._pace.device_us(now))

    def wake_us(self, now: int) -> int:
        """Return when, in real time, `due` has something to say next."""
        return self._pace.real_us(self._inner.wake_us(self._pace.device_us(now)))
