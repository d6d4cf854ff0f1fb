"""Lets paho look after its connection when there is something to see: a ping, or none that came."""

from collections.abc import Callable
from typing import Any

LEAST_S = 0.05


class Vigil:
    """Over one connection. `now_s`: monotonic, as paho's own clock.

    While the connection is *held* nobody reads it, so that no answer to a ping can reach paho: its
    own check would give up. Then pings leave, and nothing is missed.
    """

    def __init__(self, client: Any, keepalive_s: float, now_s: Callable[[], float]) -> None:
        self._client = client
        self._keepalive_s = keepalive_s
        self._now_s = now_s
        self._pinged_s = now_s()

    def look(self, *, is_held: bool) -> None:
        """Ping or give up, if it is time."""
        if not is_held:
            self._client.loop_misc()
        elif self._now_s() - self._pinged_s >= self._keepalive_s / 2:
            self._pinged_s = self._now_s()
            self._client._send_pingreq()  # noqa: SLF001 - paho has no public way to ping

    def rest_s(self, *, is_held: bool) -> float:
        """Until then there is nothing to see."""
        if is_held:
            return max(self._pinged_s + self._keepalive_s / 2 - self._now_s(), LEAST_S)
        # paho looks at these two instants and at nothing else, and has no public word for them
        said_s: float = self._client._last_msg_out  # noqa: SLF001
        heard_s: float = self._client._last_bytes_received  # noqa: SLF001
        return max(min(said_s, heard_s) + self._keepalive_s - self._now_s(), LEAST_S)
