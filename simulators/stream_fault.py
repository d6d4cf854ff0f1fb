"""Faults that only a byte stream can have, and what a stream's frame looks like after them."""

from collections.abc import Iterable
from typing import Final

from simulators.fault import ANY, STREAM_KINDS, Fault, FaultKind, damage

UNCHECKED_KINDS: Final = STREAM_KINDS - {FaultKind.WRONG_CHECKSUM}
SPLIT_PAUSE_S: Final = 0.05
DRIP_PAUSE_S: Final = 0.005


def frozen(count: int | None = None, *, only: str = ANY) -> Fault:
    """Send again what the last frame of the same name said."""
    return Fault(FaultKind.FROZEN, count, only=only)


def glued(count: int | None = None, *, only: str = ANY) -> Fault:
    """Keep a frame back, and send it right before the next one, without a gap."""
    return Fault(FaultKind.GLUED, count, only=only)


def split(count: int | None = None, *, pause_s: float = SPLIT_PAUSE_S, only: str = ANY) -> Fault:
    """Pause once inside each frame: after its first byte, the next after its second, and so on."""
    return Fault(FaultKind.SPLIT, count, only=only, late_us=round(pause_s * 1_000_000))


def drip(count: int | None = None, *, pause_s: float = DRIP_PAUSE_S, only: str = ANY) -> Fault:
    """Pause after every byte of a frame."""
    return Fault(FaultKind.DRIP, count, only=only, late_us=round(pause_s * 1_000_000))


def spoil_stream_frame(frame: bytes, faults: Iterable[Fault], *, checksum_at: int | None) -> bytes:
    """Return a frame as these faults leave it; empty = it is not sent.

    `checksum_at` is the place of the checksum's last byte, None for a format that has none.
    """
    for fault in faults:
        if fault.kind is not FaultKind.WRONG_CHECKSUM:
            frame = damage(frame, fault, checksum_at=0)
        elif checksum_at is not None:
            frame = damage(frame, fault, checksum_at=checksum_at)
    return frame
