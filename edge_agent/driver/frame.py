"""Bytes of a stream to frames of its layouts, and frames to bytes.

Frames are found by their length wherever they have one, never by their tail. See
edge_agent.driver.frame_shape for what each kind of layout proves, and what it can not.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from device_profiles.framing import Layout
from edge_agent.driver.frame_shape import Found, Judgement, Refused, Shape, shape_of

__all__ = ["Frame", "FrameReader", "Refused", "encode_frame"]

_SLICE = 1_024
"""Bytes taken in at a time, so that what is held stays small whatever is fed."""


class Frame(NamedTuple):
    """`code`: as the profile writes it, such as "83 01"; `data`: for ASCII the whole line."""

    code: str
    data: bytes
    layout: Layout


def encode_frame(layout: Layout, code: str, data: bytes) -> bytes:
    """The bytes on the wire. Raise ValueError for what the layout can not say."""
    return shape_of(layout).encode(code, data)


class FrameReader:
    """Cuts a stream into frames; of two layouts that both fit, the first one counts.

    After damage it looks for the next possible frame from the byte after the false beginning. Where
    a frame has few proofs, the first one after damage counts only when another one begins right
    behind it, or the stream falls silent there: else broken bytes that are sound by chance would
    be a value, and take the true frame with them. Holds no more than the longest frame between
    two calls.
    """

    def __init__(self, layouts: Sequence[Layout]) -> None:
        self._shapes = [(layout, shape_of(layout)) for layout in layouts]
        self._begins = _beginning([shape for _, shape in self._shapes])
        self._held = bytearray()
        self._is_damaged = False  # since the last frame
        self.begun = 0
        """How many bytes of the stream lie before what is held."""

    @property
    def is_waiting(self) -> bool:
        """The beginning of something is held, whose rest has not come."""
        return bool(self._held)

    @property
    def longest(self) -> int:
        """Bytes of the longest frame of all layouts."""
        return max(shape.most for _, shape in self._shapes)

    def feed(self, data: bytes) -> list[Frame | Refused]:
        """All that is complete now, in order; adjoining refusals of one kind count once."""
        found: list[Frame | Refused] = []
        for start in range(0, len(data), _SLICE):
            self._held += data[start : start + _SLICE]
            found += self._take(is_silent=False)
        return _without_repeats(found)

    def pass_over(self) -> list[Frame | Refused]:
        """What is held began falsely: its rest is overdue, though bytes still come."""
        return self._pass_over(is_silent=False)

    def give_up(self) -> list[Frame | Refused]:
        """The stream fell silent within a frame: it is broken, but may hide a whole one."""
        found = self._take(is_silent=True)
        while self._held:
            found += self._pass_over(is_silent=True)
        self._is_damaged = False  # what comes after a silence begins there
        return _without_repeats(found)

    def clear(self) -> None:
        """Forget what is held: the port was closed."""
        self._drop(len(self._held))
        self._is_damaged = False

    def _pass_over(self, *, is_silent: bool) -> list[Frame | Refused]:
        if not self._held:
            return []
        self._drop(1)
        self._is_damaged = True
        return _without_repeats([Refused.CUT_SHORT, *self._take(is_silent=is_silent)])

    def _drop(self, count: int) -> None:
        del self._held[:count]
        self.begun += count

    def _take(self, *, is_silent: bool) -> list[Frame | Refused]:
        found: list[Frame | Refused] = []
        at = 0
        while at < len(self._held):
            start = self._start(at)
            if start > at:
                found.append(Refused.GARBAGE)
                self._is_damaged = True
                at = start
                continue
            one, size = self._judge(at, is_silent=is_silent)
            if one is None:
                break
            found.append(one)
            self._is_damaged = not isinstance(one, Frame)
            at += size
        self._drop(at)
        return found

    def _start(self, at: int) -> int:
        """Where a frame may begin: a sync, or as much of it as has come."""
        begin = self._begins.search(self._held, at)
        return len(self._held) if begin is None else begin.start()

    def _judge(self, at: int, *, is_silent: bool) -> tuple[Frame | Refused | None, int]:
        """The first layout that is whole; else wait while one of them may become so."""
        refused: list[Refused] = []
        is_open = False
        for layout, shape in self._shapes:
            sync = self._held[at : at + len(shape.sync)]
            if not shape.sync.startswith(sync):
                continue
            one = shape.judge(self._held, at) if len(sync) == len(shape.sync) else None
            if isinstance(one, Found) and shape.is_weak and self._is_damaged:
                one = self._followed(one, at + one.size, is_silent=is_silent)
            if isinstance(one, Found):
                return Frame(one.code, one.data, layout), one.size
            is_open |= one is None
            refused += [one] if one is not None else []
        return (None, 0) if is_open else (refused[0], 1)

    def _followed(self, one: Found, end: int, *, is_silent: bool) -> Judgement:
        """The frame itself, or what it is without a neighbour; None: that has yet to be seen."""
        if end == len(self._held):
            return one if is_silent else None
        return one if self._start(end) == end else Refused.NOT_FOLLOWED


def _beginning(shapes: Sequence[Shape]) -> re.Pattern[bytes]:
    """Any sync, or at the end of what is held as much of one as has come."""
    return re.compile(b"|".join(_sync_or_part(shape.sync) for shape in shapes))


def _sync_or_part(sync: bytes) -> bytes:
    rest = _sync_or_part(sync[1:]) if len(sync) > 1 else b""
    return re.escape(sync[:1]) + (b"(?:%s|\\Z)" % rest if rest else b"")


def _without_repeats(found: list[Frame | Refused]) -> list[Frame | Refused]:
    """A run of one refusal is one refusal."""
    return [
        one
        for index, one in enumerate(found)
        if isinstance(one, Frame) or index == 0 or found[index - 1] != one
    ]
