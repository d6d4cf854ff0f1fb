"""Which queries wait for an answer, and which one may be sent now."""

from collections.abc import Iterable

import msgspec


class _Open(msgspec.Struct):
    tries_left: int
    again_us: int = 0


class Questions:
    """A query is sent again until answered or out of tries; queries keep a gap between them."""

    def __init__(self, gap_us: int, reply_timeout_us: int, tries: int) -> None:
        self._gap_us = gap_us
        self._reply_timeout_us = reply_timeout_us
        self._tries = tries
        self._open: dict[str, _Open] = {}
        self._quiet_until_us = 0

    def ask(self, codes: Iterable[str]) -> None:
        """Want an answer to each; one that waits already gets its tries back, no second place."""
        for code in codes:
            self._open.setdefault(code, _Open(self._tries)).tries_left = self._tries

    def answered(self, code: str) -> None:
        self._open.pop(code, None)

    def clear(self) -> None:
        self._open.clear()

    @property
    def next_us(self) -> int | None:
        """When `next` has something to say, or to give up; None when nothing is asked."""
        if not self._open:
            return None
        return max(self._quiet_until_us, min(one.again_us for one in self._open.values()))

    def next(self, now_us: int) -> str | None:
        """The code to send now, which counts as sent; None when it is too early or nothing is."""
        if now_us < self._quiet_until_us:
            return None
        for code, wanted in list(self._open.items()):
            if now_us < wanted.again_us:
                continue
            if wanted.tries_left == 0:
                del self._open[code]
                continue
            wanted.tries_left -= 1
            wanted.again_us = now_us + self._reply_timeout_us
            self._quiet_until_us = now_us + self._gap_us
            return code
        return None
