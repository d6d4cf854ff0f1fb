"""Faults at run time, per device: what a broken or far-away one does to its frames."""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Final

ANY: Final = ""

Answer = Callable[[bytes, int], bytes]


class FaultKind(IntEnum):
    """What goes wrong; several at once are applied in this order."""

    SILENCE = 0
    LATE = 1
    EARLY = 2
    EXCEPTION = 3
    WRONG_FUNCTION = 4
    WRONG_LENGTH = 5
    WRONG_UNIT = 6
    WRONG_CHECKSUM = 7
    HALF_FRAME = 8
    NOISE = 9
    WRONG_TRANSACTION = 10
    CONNECTION_RESET = 11
    TWIN = 12
    FROZEN = 13
    GLUED = 14
    SPLIT = 15
    DRIP = 16


STREAM_KINDS: Final = frozenset(
    {
        FaultKind.SILENCE,
        FaultKind.LATE,
        FaultKind.WRONG_CHECKSUM,
        FaultKind.HALF_FRAME,
        FaultKind.NOISE,
        FaultKind.FROZEN,
        FaultKind.GLUED,
        FaultKind.SPLIT,
        FaultKind.DRIP,
    }
)
MODBUS_KINDS: Final = frozenset(kind for kind in FaultKind if kind < FaultKind.FROZEN)


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: for `count` frames (None = until cleared), each with a probability.

    `only` limits it to frames of one name (radar: "fall", "presence", …; Modbus has no names).
    `detail` is the exception code, the foreign unit or function; `noise` goes before the frame;
    `late_us` is the delay of the whole or, when it comes in pieces, the pause between them;
    `other` answers a request as well, so much later. A fault ends at `until_us` of its own.
    """

    kind: FaultKind
    count: int | None = None
    probability: float = 1.0
    only: str = ANY
    late_us: int = 0
    detail: int = 0
    noise: bytes = b""
    other: Answer | None = None
    until_us: int | None = None


def silence(count: int | None = None, *, only: str = ANY, probability: float = 1.0) -> Fault:
    """Say nothing: for the next frames, or until cleared; with `only` that one frame is lost."""
    return Fault(FaultKind.SILENCE, count, probability, only)


def away(until_us: int) -> Fault:
    """Say nothing until then: a device that boots, a cable that hangs loose for a while."""
    return Fault(FaultKind.SILENCE, until_us=until_us)


def late(
    seconds: float, count: int | None = None, *, only: str = ANY, probability: float = 1.0
) -> Fault:
    """Answer so much later than usual; the replies of a Modbus unit keep their order."""
    return Fault(FaultKind.LATE, count, probability, only, late_us=round(seconds * 1_000_000))


def exception(code: int, count: int | None = None, *, probability: float = 1.0) -> Fault:
    """Refuse the request with this exception code, and do not execute it."""
    return Fault(FaultKind.EXCEPTION, count, probability, detail=code)


def early(count: int | None = None, *, probability: float = 1.0) -> Fault:
    """Answer faster than the wire can carry it: all bytes at once, without turnaround."""
    return Fault(FaultKind.EARLY, count, probability)


def wrong_function(code: int, count: int | None = None, *, probability: float = 1.0) -> Fault:
    """Answer under another function code, with a right CRC."""
    return Fault(FaultKind.WRONG_FUNCTION, count, probability, detail=code)


def wrong_length(count: int | None = None, *, probability: float = 1.0) -> Fault:
    """Answer a read with one byte too many, counted, with a right CRC."""
    return Fault(FaultKind.WRONG_LENGTH, count, probability)


def wrong_unit(unit: int, count: int | None = None, *, probability: float = 1.0) -> Fault:
    """Answer in the name of another unit, with a right CRC."""
    return Fault(FaultKind.WRONG_UNIT, count, probability, detail=unit)


def wrong_checksum(count: int | None = None, *, only: str = ANY, probability: float = 1.0) -> Fault:
    """Send the frame with a checksum that is one too high."""
    return Fault(FaultKind.WRONG_CHECKSUM, count, probability, only)


def half_frame(count: int | None = None, *, only: str = ANY, probability: float = 1.0) -> Fault:
    """Stop in the middle of the frame."""
    return Fault(FaultKind.HALF_FRAME, count, probability, only)


def noise(
    count: int | None = None,
    *,
    before: bytes = b"\x00\xff\xfe",
    only: str = ANY,
    probability: float = 1.0,
) -> Fault:
    """Send garbage right before the frame."""
    return Fault(FaultKind.NOISE, count, probability, only, noise=before)


def wrong_transaction(count: int | None = None, *, probability: float = 1.0) -> Fault:
    """Answer under the next transaction id; only Modbus TCP has one, elsewhere nothing happens."""
    return Fault(FaultKind.WRONG_TRANSACTION, count, probability)


def connection_reset(count: int | None = None, *, probability: float = 1.0) -> Fault:
    """Execute, and reset the TCP connection instead of answering; a serial line stays silent."""
    return Fault(FaultKind.CONNECTION_RESET, count, probability)


@dataclass(slots=True)
class _Standing:
    fault: Fault
    left: int | None


class FaultPlan:
    """The faults standing at one device. May be changed from another thread at any time.

    `add` raises ValueError for a kind that the device can not have, and for figures that make no
    sense. The same seed draws the same
    faults for the same frames.
    """

    def __init__(self, *, allowed: Iterable[FaultKind] = MODBUS_KINDS, seed: int = 0) -> None:
        """Start without faults."""
        self._allowed = frozenset(allowed)
        self._random = random.Random(seed)  # noqa: S311 - repeatable draws are wanted, not secrecy
        self._standing: list[_Standing] = []
        self._pace = 1.0

    def add(self, fault: Fault) -> None:
        """Let a fault stand from the next frame on."""
        if fault.kind not in self._allowed:
            raise ValueError(f"this device can not have the fault {fault.kind.name.lower()}")
        if not 0.0 <= fault.probability <= 1.0:
            raise ValueError(f"probability is {fault.probability}; it must be from 0 to 1")
        if fault.detail not in range(256) or fault.late_us < 0 or fault.count == 0:
            raise ValueError("a fault has a byte as detail, a delay >= 0, and a count >= 1 or None")
        self._standing.append(_Standing(fault, fault.count))

    def clear(self) -> None:
        """Heal everything, from the next frame on."""
        self._standing.clear()

    @property
    def standing(self) -> tuple[Fault, ...]:
        return tuple(entry.fault for entry in list(self._standing))

    def hasten(self, speed: float) -> None:
        """Keep lateness real for a device whose clock runs `speed` times as fast as the wire's."""
        self._pace = speed

    def draw(self, name: str = ANY, *, now: int = 0) -> tuple[Fault, ...]:
        """Return the faults of the frame of this name at `now` (µs); use up one count of each."""
        self._end(now)
        struck = [entry for entry in list(self._standing) if self._strikes(entry, name)]
        for entry in struck:
            self._use_up(entry)
        found = (self._in_its_time(entry.fault) for entry in struck)
        return tuple(sorted(found, key=lambda fault: fault.kind))

    def _in_its_time(self, fault: Fault) -> Fault:
        if self._pace == 1.0:
            return fault
        return replace(fault, late_us=round(fault.late_us * self._pace))

    def _end(self, now: int) -> None:
        for entry in list(self._standing):
            if entry.fault.until_us is not None and now >= entry.fault.until_us:
                self._remove(entry)

    def _strikes(self, entry: _Standing, name: str) -> bool:
        if entry.fault.only not in (ANY, name):
            return False
        return entry.fault.probability >= 1.0 or self._random.random() < entry.fault.probability

    def _use_up(self, entry: _Standing) -> None:
        if entry.left is None:
            return
        entry.left -= 1
        if entry.left <= 0:
            self._remove(entry)

    def _remove(self, entry: _Standing) -> None:
        if entry in self._standing:
            self._standing.remove(entry)


def hinders(faults: Iterable[Fault]) -> bool:
    """Tell whether a request meets a device that will not execute it."""
    return any(fault.kind in (FaultKind.SILENCE, FaultKind.EXCEPTION) for fault in faults)


def is_early(faults: Iterable[Fault]) -> bool:
    return any(fault.kind is FaultKind.EARLY for fault in faults)


def lateness_us(faults: Iterable[Fault]) -> int:
    return sum(fault.late_us for fault in faults if fault.kind is FaultKind.LATE)


def resets(faults: Iterable[Fault]) -> bool:
    return any(fault.kind is FaultKind.CONNECTION_RESET for fault in faults)


def damage(frame: bytes, fault: Fault, *, checksum_at: int) -> bytes:
    """Return the bytes of a frame as one fault leaves them; empty = nothing is sent."""
    if not frame or fault.kind in (FaultKind.SILENCE, FaultKind.CONNECTION_RESET):
        return b""
    if fault.kind is FaultKind.WRONG_CHECKSUM:
        spoilt = bytearray(frame)
        spoilt[checksum_at] = (spoilt[checksum_at] + 1) & 0xFF
        return bytes(spoilt)
    if fault.kind is FaultKind.HALF_FRAME:
        return frame[: len(frame) // 2]
    return fault.noise + frame if fault.kind is FaultKind.NOISE else frame
