"""A stream device on a pty: its frames come at the speed of its UART, its answers right after."""

from pathlib import Path
from typing import Final

from runtime.clock import Clock
from simulators.plugged_port import PluggedPort
from simulators.stream_device import StreamDevice
from simulators.wire_time import Sender, WireFormat

TICK_US: Final = 20_000
ANSWER_US: Final = 5_000
UART: Final = WireFormat(115_200, "N", 1)


class StreamWire:
    """A device behind its UART: what it says is delayed by the time that the characters take."""

    def __init__(self, device: StreamDevice, wire: WireFormat) -> None:
        """Connect the device; it is powered on at the first `due`."""
        self._device = device
        self._wire = wire
        self._sender = Sender(wire)

    def received(self, data: bytes, now: int) -> None:
        """Take bytes that the host began to send at `now`."""
        answer = self._device.received(data, now)
        self._sender.send(answer, now + self._wire.duration_us(len(data)) + ANSWER_US)

    def due(self, now: int) -> bytes:
        """Return the bytes that have arrived at the host by `now`."""
        self._sender.send(self._device.due(now), now)
        return self._sender.due(now)

    def wake_us(self, now: int) -> int:
        """Return when something is to be sent or will have arrived."""
        reports = self._device.wake_us(now)
        return reports if self._sender.next_us is None else min(reports, self._sender.next_us)

    def lose(self, now: int) -> None:
        """Drop what is under way and what the device said up to `now`: nobody was connected."""
        self._device.due(now)
        self._sender = Sender(self._wire)


class SerialStream(PluggedPort):
    """The device as a context manager: inside it `path` can be opened by the device's host.

    Conditions are set at the device from any thread and leave within 20 ms. Unplugging takes the
    adapter away, not the device's power: it goes on and its reports of that time are lost. The
    wire's time is that of `wire` whatever the host sets at the pty; the host must ask for parity N,
    because a pty has no parity bit.
    """

    def __init__(
        self,
        device: StreamDevice,
        *,
        wire: WireFormat = UART,
        link: Path | None = None,
        clock: Clock | None = None,
    ) -> None:
        """Set the stream up; nothing is opened yet."""
        wired = StreamWire(device, wire)
        super().__init__(wired, wired.lose, link=link, clock=clock, tick_us=TICK_US)
