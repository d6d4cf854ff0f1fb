"""What the server knows of a lane: which keys it has, what is closed, and what was lost and why."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate

from ingest_server.db.lane_book import Epoch, LaneBook
from wire.envelope import Cover, Key
from wire.statement import EpochStatement, Statement

VANISHED_AFTER_US = 24 * 3600 * 1_000_000


@dataclass(frozen=True, slots=True)
class Account:
    """Where the readings of an epoch are; `taken` is the sum of all the others."""

    taken: int
    stored: int
    rejected: int
    thinned: int
    dropped: dict[str, int]
    lost_after_receipt: int
    buffered: int


class KeyVerdict(StrEnum):
    """What a key is to the server."""

    NEW = "new"
    PARTLY_NEW = "partly_new"
    DUPLICATE = "duplicate"


def missing(book: LaneBook, key: Key) -> tuple[KeyVerdict, tuple[Cover, ...]]:
    """Which of the keys that a batch covers the server lacks (design: it takes only those)."""
    covers = key.covers or (Cover(key.seq, key.taken, key.taken),)
    known = book.epochs.get(key.epoch)
    lacking = tuple(c for c in covers if known is None or c.seq not in known.had)
    if not lacking:
        return KeyVerdict.DUPLICATE, ()
    return (KeyVerdict.NEW if len(lacking) == len(covers) else KeyVerdict.PARTLY_NEW), lacking


def have(
    book: LaneBook,
    name: str,
    covers: Iterable[Cover],
    now_us: int,
    *,
    stored: bool,
) -> None:
    """Enter keys as had: stored with what was kept of them, or rejected whole."""
    is_unstated = name not in book.epochs
    epoch = book.epoch(name)
    epoch.estimated |= is_unstated
    epoch.listed_us = max(epoch.listed_us, now_us)
    for cover in covers:
        epoch.had.add(cover.seq, cover.seq)
        epoch.had_taken += cover.taken
        if stored:
            epoch.stored += cover.kept
            epoch.thinned += cover.taken - cover.kept
        else:
            epoch.rejected += cover.taken
        epoch.last = max(epoch.last, cover.seq)
    epoch.taken = max(epoch.taken, epoch.had_taken)


class Heard(StrEnum):
    """What a statement was to the server."""

    NEWS = "news"
    STALE = "stale"
    CLONE = "clone"


def hear(book: LaneBook, statement: Statement, now_us: int, *, birth: bool = False) -> Heard:
    """Enter a statement: raise what it says of each epoch, close what is below its floors."""
    current = statement.current.epoch
    epoch = book.epoch(current)
    if statement.n <= epoch.number:
        return Heard.STALE
    epoch.number = statement.n
    heard = Heard.NEWS if birth else _speaker(book, current)
    for stated in statement.epochs:
        _enter(book, stated, now_us)
    for stated in statement.epochs:
        _enter_predecessor(book, stated, now_us)
    _estimate(book, current)
    _vanish(book, now_us)
    return heard


def _speaker(book: LaneBook, current: str) -> Heard:
    """A new number from an epoch after another has spoken: two gateways with one id."""
    if book.speaker == current:
        return Heard.NEWS
    is_clone = current in book.spoken
    book.clones += is_clone
    book.speaker = current
    book.spoken.add(current)
    return Heard.CLONE if is_clone else Heard.NEWS


def _enter(book: LaneBook, stated: EpochStatement, now_us: int) -> None:
    epoch = book.epoch(stated.epoch)
    epoch.base, epoch.prev = stated.base, stated.prev
    epoch.floor = max(epoch.floor, stated.floor)
    epoch.last = max(epoch.last, stated.last)
    epoch.taken = max(epoch.had_taken if epoch.estimated else epoch.taken, stated.taken)
    epoch.estimated = False
    epoch.ended = stated.ended
    epoch.listed_us = max(epoch.listed_us, now_us)
    for reason, count in stated.dropped.items():
        epoch.dropped[reason] = max(epoch.dropped.get(reason, 0), count)
    if stated.ended and stated.floor > stated.last:
        # Also what it said before a roll-back of its disk: those keys exist no more.
        epoch.floor = epoch.last + 1
    epoch.closed = stated.ended and epoch.floor > epoch.last


def _enter_predecessor(book: LaneBook, stated: EpochStatement, now_us: int) -> None:
    """`base` tells what the epoch before took in the end, even if it was never heard itself."""
    if stated.prev is None or stated.base == 0:
        return
    if stated.prev not in book.epochs:
        unheard = book.epoch(stated.prev)
        unheard.estimated = unheard.ended = True
        unheard.listed_us = now_us
    before = book.epochs[stated.prev]
    if not before.estimated and stated.base - before.base > before.taken:
        book.epoch(stated.prev).taken = stated.base - before.base


def _estimate(book: LaneBook, current: str) -> None:
    """Count epochs never heard (or forgotten with a restored back-up) from those around them.

    One walk over the book however many they are: a gateway may name 32 new ones in each message.
    """
    estimated = [epoch for epoch in book.epochs.values() if epoch.estimated]
    if not estimated:
        return
    through: dict[str, int] = {}
    for epoch in book.epochs.values():
        if epoch.prev is not None:
            through[epoch.prev] = min(epoch.base, through.get(epoch.prev, epoch.base))
    ends, latest = _ended_before(book, current)
    for epoch in estimated:
        if epoch.epoch not in through:
            continue
        at = bisect_right(ends, through[epoch.epoch])
        base = latest[at - 1][1] if at else 0
        taken = max(epoch.had_taken, through[epoch.epoch] - base)
        if (epoch.base, epoch.taken) != (base, taken):
            epoch.base, epoch.taken = base, taken
            book.changed.add(epoch.epoch)


def _ended_before(book: LaneBook, current: str) -> tuple[list[int], list[tuple[int, int]]]:
    """Ends of the epochs that told theirs, ascending; for each the latest listed up to there.

    One that said nothing of its end (it was heard before a back-up that was restored since) has
    ended too when another speaks.
    """
    known = [e for e in book.epochs.values() if not e.estimated and e.epoch != current]
    told = sorted((e.base + e.taken, e.listed_us) for e in known)
    latest = accumulate(((listed_us, end) for end, listed_us in told), max)
    return [end for end, _ in told], list(latest)


def _vanish(book: LaneBook, now_us: int) -> None:
    """Close what has not been listed for 24 h while others are: at least n, end unknown."""
    for epoch in book.epochs.values():
        if not epoch.closed and now_us - epoch.listed_us > VANISHED_AFTER_US:
            epoch.closed = epoch.vanished = True
            book.changed.add(epoch.epoch)


def done(book: LaneBook, statement: Statement | None) -> tuple[str, ...]:
    """Epochs of this statement whose floor is past their stated last: they may be forgotten."""
    if statement is None:
        return ()
    return tuple(e.epoch for e in statement.epochs if e.ended and book.epochs[e.epoch].closed)


def is_complete(book: LaneBook, statement: Statement) -> bool:
    """Whether *complete through* counts: nothing cut, every listed key had or closed."""
    return not statement.partial and all(
        book.epochs[stated.epoch].is_settled(stated.last) for stated in statement.epochs
    )


def account(epoch: Epoch) -> Account:
    """Derive the ledger of an epoch; it is revised as keys arrive (design, *Loss*)."""
    absent = epoch.taken - epoch.had_taken
    dropped: dict[str, int] = {}
    rest = absent
    for reason, count in sorted(epoch.dropped.items()):
        dropped[reason] = min(count, rest)
        rest -= dropped[reason]
    lost = rest if epoch.is_settled(epoch.last) else 0
    return Account(
        taken=epoch.taken,
        stored=epoch.stored,
        rejected=epoch.rejected,
        thinned=epoch.thinned,
        dropped={reason: count for reason, count in dropped.items() if count},
        lost_after_receipt=lost,
        buffered=rest - lost,
    )
