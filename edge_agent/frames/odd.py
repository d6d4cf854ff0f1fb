"""What of a line's devices says that the frames of the line are worth keeping."""

from collections.abc import Iterator

from edge_agent.exchange import Anomaly
from edge_agent.health import Signs

_BROKEN = 3  # frames of a stream that were thrown away between two looks
_QUIET_US = 600_000_000


class Odd:
    """Looked at each second; the same of one device is said again after ten minutes."""

    def __init__(self) -> None:
        self._dead: dict[str, tuple[str, ...]] = {}
        self._broken: dict[str, int] = {}
        self._said_us: dict[tuple[str, Anomaly], int] = {}

    def look(self, line: str, signs: Signs, now_us: int) -> list[tuple[Anomaly, str]]:
        """What is newly odd about which device of the line."""
        return [
            (anomaly, device)
            for anomaly, device in self._found(line, signs)
            if self._is_news(anomaly, device, now_us)
        ]

    def _found(self, line: str, signs: Signs) -> Iterator[tuple[Anomaly, str]]:
        before = self._dead.get(line, ())
        if signs.dead != before:
            self._dead[line] = signs.dead
            for device in signs.dead:
                if device not in before:
                    yield Anomaly.DEVICE_DEAD, device
        for device, count in signs.broken:
            known = self._broken.get(device, 0)
            self._broken[device] = count
            if count - known >= _BROKEN:
                yield Anomaly.BROKEN_FRAMES, device

    def _is_news(self, anomaly: Anomaly, device: str, now_us: int) -> bool:
        last_us = self._said_us.get((device, anomaly))
        if last_us is not None and now_us - last_us < _QUIET_US:
            return False
        self._said_us[device, anomaly] = now_us
        return True
