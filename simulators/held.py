"""A condition that has to hold for a while before it is told, and lingers when it is gone."""


class Held:
    """Turns true after `on_us` of being so without a break, false after `off_us` of not."""

    def __init__(self) -> None:
        """Start false."""
        self._told = False
        self._otherwise_since: int | None = None

    def at(self, now: int, *, so: bool, on_us: int = 0, off_us: int = 0) -> bool:
        """Take what is so at `now` (µs, never going back) and return what is told of it."""
        if so is self._told:
            self._otherwise_since = None
            return self._told
        if self._otherwise_since is None:
            self._otherwise_since = now
        if now - self._otherwise_since >= (off_us if self._told else on_us):
            self._told = so
            self._otherwise_since = None
        return self._told
