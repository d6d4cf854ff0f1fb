"""The last frames of one line as a document, as text that a person reads, and as packets."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import msgspec

from edge_agent.frames.pcapng import Link, Packet, pcapng
from edge_agent.health import FrameRecord

SENT = "sent"


class FrameDocument(msgspec.Struct, frozen=True, kw_only=True):
    """`what`: `sent`, the verdict on what came, `discarded` (nobody had asked), `heard`."""

    at_us: int
    what: str
    hex: str


class LineFrames(msgspec.Struct, frozen=True, kw_only=True):
    """`offset_us` added to `at_us` is UTC; null while nobody knows the time. `why`: of a dump."""

    line: str
    kind: str
    offset_us: int | None
    frames: tuple[FrameDocument, ...]
    why: str = ""


def line_frames(
    line: str, kind: str, offset_us: int | None, frames: Iterable[FrameRecord], why: str = ""
) -> LineFrames:
    """What a line keeps, oldest first."""
    return LineFrames(
        line=line,
        kind=kind,
        offset_us=offset_us,
        frames=tuple(
            FrameDocument(at_us=one.at_us, what=one.what, hex=one.data.hex()) for one in frames
        ),
        why=why,
    )


def as_text(said: LineFrames) -> list[str]:
    """One frame a line: time, since the one before, direction, bytes, verdict."""
    clock = "UTC" if said.offset_us is not None else "since the boot, the clock is not set"
    why = f": {said.why}" if said.why else ""
    head = f"line {said.line} ({said.kind}){why}; {len(said.frames)} frames, times {clock}"
    return [head, *_rows(said)]


def as_pcapng(said: LineFrames) -> bytes:
    """For Wireshark; the verdict of each frame is its comment."""
    link = Link.RAW if said.kind == "modbus-tcp" else Link.RTAC_SERIAL
    offset_us = said.offset_us or 0
    return pcapng(
        (
            Packet(
                one.at_us + offset_us,
                bytes.fromhex(one.hex),
                is_sent=one.what == SENT,
                comment=one.what,
            )
            for one in said.frames
            if one.hex
        ),
        link,
        said.line,
    )


def _rows(said: LineFrames) -> Iterator[str]:
    before_us: int | None = None
    for one in said.frames:
        gap_us = 0 if before_us is None else one.at_us - before_us
        before_us = one.at_us
        arrow = "→" if one.what == SENT else "←"
        verdict = "" if one.what == SENT else f"  {one.what}"
        when = _time(one.at_us, said.offset_us)
        yield f"{when} {gap_us / 1_000:+10.1f} ms {arrow} {_bytes(one.hex)}{verdict}"


def _bytes(text: str) -> str:
    pairs = [text[at : at + 2] for at in range(0, len(text), 2)]
    return " ".join(pairs).upper() or "(nothing)"


def _time(at_us: int, offset_us: int | None) -> str:
    if offset_us is None:
        return f"{at_us / 1_000_000:.6f}"
    moment = datetime.fromtimestamp((at_us + offset_us) / 1_000_000, tz=UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
