"""Stored rows to readings and back, for what looks into them: thinning, and telling of losses."""

from collections.abc import Container, Iterator, Sequence

from edge_agent.buffer.losses import Instant, Loss, Lost
from edge_agent.buffer.retention import Eviction
from edge_agent.buffer.stored import Stored
from edge_agent.buffer.thinning import Candidate, Part, Thinned
from wire.batch import Batch, decode_batch, encode_batch
from wire.bounds import INFLATED_BYTES, RECORDS, SENT_BYTES
from wire.codec import pack, unpack
from wire.envelope import ClockState, Encoding
from wire.refusal import WireError

_RECORDS_OF_READING = 2


def neighbours(
    found: Sequence[Stored], passed_over: Container[int], gateway: str
) -> Iterator[list[Candidate]]:
    """Runs of rows of one epoch without one between that is to be passed over, or unreadable."""
    run: list[Candidate] = []
    epoch = ""
    for row in found:
        one = None if row.id in passed_over else candidate(row, gateway)
        if run and (one is None or row.epoch != epoch):
            yield run
            run = []
        if one is not None:
            run.append(one)
        epoch = row.epoch
    if run:
        yield run


def candidate(row: Stored, gateway: str) -> Candidate | None:
    """None for a row that does not say what its key says: it is left as it is."""
    stored = row.row()
    try:
        batch = decode_batch(unpack(stored.payload, stored.encoding), gateway)
    except WireError:
        return None
    parts, at = [], 0
    for cover in row.cover_list():
        parts.append(Part(cover.seq, cover.taken, batch.readings[at : at + cover.kept]))
        at += cover.kept
    if at != len(batch.readings):
        return None
    return Candidate(row.id, stored.base, batch.relative, tuple(parts))


def packed(gateway: str, one: Thinned) -> tuple[Encoding, bytes] | None:
    """None when it can not travel as one message."""
    try:
        batch = Batch(gateway, one.readings, relative=one.relative)
        payload = encode_batch(batch, tight=True)
    except WireError:
        return None
    sent, encoding = pack(payload)
    fits = (
        len(sent) <= SENT_BYTES
        and len(payload) <= INFLATED_BYTES
        and _RECORDS_OF_READING * len(one.readings) <= RECORDS
    )
    return (encoding, sent) if fits else None


def loss(
    what: Lost, eviction: Eviction, gone: Sequence[Stored], gateway: str, counts: tuple[int, int]
) -> Loss:
    """What is told of rows that were thinned or given up: `counts` readings gone and taken."""
    instants = [at for row in gone for at in _ends(row, gateway)]
    start, end = (pick(instants, key=lambda at: at.at_us) for pick in (min, max))
    return Loss(what, eviction.lane.value, eviction.reason.value, start, end, *counts)


def _ends(row: Stored, gateway: str) -> Iterator[Instant]:
    one = candidate(row, gateway)
    base_us = row.mono_ms * 1_000
    times = [] if one is None else [r.time_us for part in one.parts for r in part.readings]
    is_utc = bool(times) and row.clock != ClockState.UNSET and one is not None and not one.relative
    for at_us in (min(times, default=0), max(times, default=0)):
        yield Instant(at_us if is_utc else base_us + at_us, row.boot, is_utc)
