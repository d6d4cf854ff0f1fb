"""What the messages of one commit are answered: one receipt a gateway, lane and epoch."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ingest_server.db.lane_book import LaneBook
from ingest_server.intake.sequence import done
from wire.bounds import EPOCHS_STATED, RANGES
from wire.envelope import Envelope, Key
from wire.ranges import Range, Ranges
from wire.receipt import Echo, Receipt
from wire.statement import Statement
from wire.topic import Lane

_READS_SHORT = True  # a gateway may say its envelope in one property from its first receipt on

Page = tuple[tuple[Range, ...], tuple[str, ...]]
"""`have` and `done` of one receipt."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A receipt and the gateway that it is for."""

    gateway: str
    receipt: Receipt


@dataclass(slots=True)
class _Asked:
    """What messages of one epoch ask: `keys` with the floors that stood beside them.

    `floor` and `echo` are those of the message answered last.
    """

    keys: list[Range] = field(default_factory=list)
    done: dict[str, None] = field(default_factory=dict)
    floor: int = 1
    echo: Echo | None = None


class Answers:
    """Of one transaction: `ask` once a message is in its book, `receipts` once all are."""

    def __init__(self) -> None:
        self._asked: dict[tuple[str, Lane, str], _Asked] = {}

    def ask(self, gateway: str, lane: Lane, envelope: Envelope, book: LaneBook) -> None:
        """Whoever has neither key nor statement asks for nothing."""
        key, statement = envelope.key, envelope.statement
        epoch = _epoch(key, statement)
        if epoch is None:
            return
        asked = self._asked.setdefault((gateway, lane, epoch), _Asked())
        floor = _floor(epoch, statement)
        asked.keys += [(seq, floor) for seq in _keys(key)]
        asked.done.update(dict.fromkeys(done(book, statement)))
        echo = None if envelope.sent is None else Echo(envelope.sent.boot, envelope.sent.mono)
        if _is_later(echo, asked.echo):
            asked.floor, asked.echo = floor, echo

    def receipts(self, books: Mapping[tuple[str, Lane], LaneBook], now_us: int) -> list[Answer]:
        """All that was asked, in as few receipts as hold it."""
        return [
            Answer(gateway, Receipt(lane, epoch, have, over, asked.echo, now_us, _READS_SHORT))
            for (gateway, lane, epoch), asked in self._asked.items()
            for have, over in _pages(asked, books[gateway, lane].epochs[epoch].had)
        ]


def _epoch(key: Key | None, statement: Statement | None) -> str | None:
    if key is not None:
        return key.epoch
    return None if statement is None else statement.current.epoch


def _keys(key: Key | None) -> tuple[int, ...]:
    if key is None:
        return ()
    return tuple(cover.seq for cover in key.covers) or (key.seq,)


def _floor(epoch: str, statement: Statement | None) -> int:
    stated = () if statement is None else statement.epochs
    return next((one.floor for one in stated if one.epoch == epoch), 1)


def _is_later(new: Echo | None, known: Echo | None) -> bool:
    """Times of two boots can not be compared: then the order of arrival counts."""
    if new is None or known is None:
        return known is None
    return new.boot != known.boot or new.mono >= known.mono


def _pages(asked: _Asked, had: Ranges) -> list[Page]:
    """The ranges that were asked for, then the lowest for which there is room beside them."""
    answered = _answered(asked.keys, had)
    first, over = list(answered), tuple(asked.done)
    have = (*first, *(one for one in had.from_floor(asked.floor) if not answered.covers(*one)))
    pages = max(1, _parts(len(first), RANGES), _parts(len(over), EPOCHS_STATED))
    return [
        (have[page * RANGES :][:RANGES], over[page * EPOCHS_STATED :][:EPOCHS_STATED])
        for page in range(pages)
    ]


def _answered(keys: list[Range], had: Ranges) -> Ranges:
    """The ranges around these keys, each cut at the floor that stood beside its key."""
    found = Ranges()
    for seq, floor in keys:
        around = had.around(seq)
        if around is not None and seq >= floor:
            found.add(max(around[0], floor), around[1])
    return found


def _parts(count: int, most: int) -> int:
    return -(-count // most)
