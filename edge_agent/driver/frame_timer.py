"""Bytes with their time to frames: what began and is overdue began falsely."""

from collections import deque

from edge_agent.driver.frame import Frame, FrameReader, Refused


class FrameTimer:
    """A frame reader that does not wait for ever; all times are microseconds of one clock.

    Silence for `gap_us` breaks whatever has begun. On a stream that is never silent, a beginning
    whose rest stays out for `gap_us` plus the time of the longest frame was none: a false length
    does not hold up the true frames behind it for longer.
    """

    def __init__(self, reader: FrameReader, gap_us: int, longest_us: int) -> None:
        self._reader = reader
        self._gap_us = gap_us
        self._patience_us = gap_us + longest_us
        self._came = 0
        self._came_us: deque[tuple[int, int]] = deque()
        """Up to which byte of the stream was there when, for those that are held."""

    def cut(self, data: bytes, now_us: int) -> list[Frame | Refused]:
        """All that is complete or broken now, in order; call it with b"" when nothing came."""
        if not data:
            return self._overdue(now_us)
        self._came += len(data)
        found = self._reader.feed(data)
        self._came_us.append((self._came, now_us))
        return [*found, *self._overdue(now_us)]

    @property
    def next_us(self) -> int | None:
        """When to call `cut` although nothing came; None while nothing has begun."""
        if not self._reader.is_waiting:
            return None
        return min(self._came_us[-1][1] + self._gap_us, self._begun_us() + self._patience_us)

    def clear(self) -> None:
        """Forget what is held: the port was closed, or bytes were lost."""
        self._reader.clear()
        self._came_us.clear()

    def _overdue(self, now_us: int) -> list[Frame | Refused]:
        found: list[Frame | Refused] = []
        if self._reader.is_waiting and now_us - self._came_us[-1][1] >= self._gap_us:
            found = self._reader.give_up()
        while self._reader.is_waiting and now_us - self._begun_us() >= self._patience_us:
            found += self._reader.pass_over()
        if not self._reader.is_waiting:
            self._came_us.clear()
        return found

    def _begun_us(self) -> int:
        """When the first byte of what is held came."""
        while self._came_us[0][0] <= self._reader.begun:
            self._came_us.popleft()
        return self._came_us[0][1]
