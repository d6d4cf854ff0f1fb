"""A stream device on a pty: its frames come at the speed of its UART, its answers right after."""

from pathlib import Path
from typing import Final, Self

from runtime.clock import Clock, SystemClock
from simulators.pseudo_terminal import PseudoTerminal
from simulators.stream_device import StreamDevice
from simulators.wire_thread import WireThread
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


class SerialStream:
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
        self._wired = StreamWire(device, wire)
        self._clock = clock or SystemClock()
        self._link = link
        self._was_unplugged = False
        self._open: tuple[PseudoTerminal, WireThread] | None = None

    @property
    def path(self) -> str:
        """What the host opens: the link if one was asked for. OSError while unplugged."""
        if self._open is None:
            raise OSError("the device is not plugged in; use it as a context manager, or plug()")
        return self._open[0].path

    def plug(self) -> None:
        """Open the pty; without `link` its path is a new one each time. No-op if plugged in."""
        if self._open is None:
            if self._was_unplugged:
                self._wired.lose(self._clock.mono_us())
            terminal = PseudoTerminal(self._link)
            self._open = (terminal, WireThread(self._wired, terminal, self._clock, tick_us=TICK_US))

    def unplug(self) -> None:
        """Pull the adapter: whoever has the port open meets a hang-up. No-op if unplugged."""
        if self._open is not None:
            terminal, thread = self._open
            self._open = None
            self._was_unplugged = True
            thread.close()
            terminal.close()

    def __enter__(self) -> Self:
        """Plug the device in."""
        self.plug()
        return self

    def __exit__(self, *_: object) -> None:
        """Unplug it, and end its thread."""
        self.unplug()
