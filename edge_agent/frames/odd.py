"""What of a device's health says that the frames of its line are worth keeping."""

from edge_agent.exchange import Anomaly
from edge_agent.health import DeviceHealth, DeviceState

_BROKEN = 3  # frames of a stream that were thrown away between two looks
_QUIET_US = 600_000_000


class Odd:
    """Looked at each second; the same of one device is said again after ten minutes."""

    def __init__(self) -> None:
        self._states: dict[str, DeviceState] = {}
        self._thrown: dict[str, int] = {}
        self._said_us: dict[tuple[str, Anomaly], int] = {}

    def judge(self, device: DeviceHealth, now_us: int) -> Anomaly | None:
        """What is newly odd about it."""
        found = self._found(device)
        if found is None:
            return None
        place = (device.device, found)
        last_us = self._said_us.get(place)
        if last_us is not None and now_us - last_us < _QUIET_US:
            return None
        self._said_us[place] = now_us
        return found

    def _found(self, device: DeviceHealth) -> Anomaly | None:
        before = self._states.get(device.device)
        self._states[device.device] = device.state
        if device.state is DeviceState.DEAD and before is not DeviceState.DEAD:
            return Anomaly.DEVICE_DEAD
        link = device.link
        if link is None or device.waits != "bytes":
            return None
        thrown = link.polls - link.good
        known = self._thrown.get(device.device, 0)
        self._thrown[device.device] = thrown
        return Anomaly.BROKEN_FRAMES if thrown - known >= _BROKEN else None
