"""What every device is that talks in a byte stream: a radar, a line of text, an echo sounder."""

from typing import Protocol

from simulators.fault import FaultPlan


class StreamDevice(Protocol):
    """Times are µs of one clock that never goes back; conditions may change on another thread.

    The first `due` powers the device on. Bytes are given whole: their time on the wire is added by
    whoever carries them.
    """

    def due(self, now: int) -> bytes:
        """Return what the device begins to send by itself by `now`, each frame once."""

    def received(self, data: bytes, now: int) -> bytes:
        """Take bytes from the host, cut anywhere; return the answers that leave at once."""

    def wake_us(self, now: int) -> int:
        """Return when `due` has something to say next, if no condition changes before."""


class FaultyStream(StreamDevice, Protocol):
    """One whose frames faults befall."""

    faults: FaultPlan
