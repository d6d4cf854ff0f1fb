"""What leaves a stream device: frames by name, spoilt by faults, late, glued or in pieces."""

import heapq
from collections import deque
from dataclasses import dataclass
from typing import Final

from simulators.fault import Fault, FaultKind, FaultPlan, lateness_us
from simulators.stream_fault import spoil_stream_frame

ANSWER: Final = "answer"
SENT_KEPT: Final = 100_000


@dataclass(frozen=True, slots=True)
class SentFrame:
    """One frame as the host should have had it, its name, and the faults that befell it."""

    at_us: int
    name: str
    frame: bytes
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True, order=True)
class _Waiting:
    start_us: int
    number: int
    pieces: tuple[bytes, ...]
    pause_us: int


class StreamOutlet:
    """Draws the faults of each frame, and keeps back what these delay.

    Without faults `due` right after `send` returns the frame whole. A frame in pieces is not
    interrupted by another; a late one is overtaken.
    """

    def __init__(
        self, faults: FaultPlan, *, checksum_at: int | None = None, record: bool = False
    ) -> None:
        """Start empty. `checksum_at`: where a frame's checksum ends, counted from its end."""
        self.sent: deque[SentFrame] = deque(maxlen=SENT_KEPT if record else 0)
        self._faults = faults
        self._checksum_at = checksum_at
        self._last: dict[str, bytes] = {}
        self._held = b""
        self._cuts = 0
        self._number = 0
        self._waiting: list[_Waiting] = []
        self._pieces: deque[tuple[int, bytes]] = deque()
        self._free_us = 0

    @property
    def next_us(self) -> int | None:
        """When `due` has something, None if nothing is kept back."""
        if self._pieces:
            return self._pieces[0][0]
        return self._waiting[0].start_us if self._waiting else None

    def send(self, name: str, frame: bytes, now: int) -> None:
        """Take a frame that the device sends now."""
        struck = self._faults.draw(name, now=now)
        kinds = {fault.kind for fault in struck}
        self.sent.append(
            SentFrame(now, name, frame, tuple(one.kind.name.lower() for one in struck))
        )
        if FaultKind.FROZEN in kinds:
            frame = self._last.setdefault(name, frame)
        self._last[name] = frame
        spoilt = spoil_stream_frame(frame, struck, checksum_at=self._checksum_at)
        if spoilt and FaultKind.GLUED in kinds and not self._held:
            self._held = spoilt
        elif spoilt:
            self._queue(self._held + spoilt, struck, now)
            self._held = b""

    def due(self, now: int) -> bytes:
        """Return the bytes that leave by `now`."""
        while self._waiting and self._waiting[0].start_us <= now:
            self._begin(heapq.heappop(self._waiting))
        out = bytearray()
        while self._pieces and self._pieces[0][0] <= now:
            out += self._pieces.popleft()[1]
        return bytes(out)

    def clear(self) -> None:
        """Lose everything that is kept back, as at a reboot."""
        self._held = b""
        self._waiting.clear()
        self._pieces.clear()
        self._last.clear()
        self._free_us = 0

    def _queue(self, frame: bytes, faults: tuple[Fault, ...], now: int) -> None:
        cut = next((one for one in faults if one.kind in (FaultKind.SPLIT, FaultKind.DRIP)), None)
        pieces = (frame,) if cut is None else self._cut(frame, cut.kind)
        self._number += 1
        pause_us = 0 if cut is None else cut.late_us
        start_us = now + lateness_us(faults)
        heapq.heappush(self._waiting, _Waiting(start_us, self._number, pieces, pause_us))

    def _cut(self, frame: bytes, kind: FaultKind) -> tuple[bytes, ...]:
        if kind is FaultKind.DRIP:
            return tuple(bytes((byte,)) for byte in frame)
        at = 1 + self._cuts % max(1, len(frame) - 1)
        self._cuts += 1
        return frame[:at], frame[at:]

    def _begin(self, one: _Waiting) -> None:
        start_us = max(one.start_us, self._free_us) if self._pieces else one.start_us
        for number, piece in enumerate(one.pieces):
            self._free_us = start_us + number * one.pause_us
            self._pieces.append((self._free_us, piece))
