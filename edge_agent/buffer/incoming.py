"""Rows on their way into a running buffer: out of sight until the last of them is in.

Their epochs get numbers below all that are listed, so that `epochs.in_sight` leaves them out, and
the uplink sends them before nothing that is live. Within an epoch the highest key comes first: what
is in tells by itself where to go on after a kill.
"""

import sqlite3
from collections.abc import Iterable, Iterator

import msgspec
from msgspec.structs import replace

from edge_agent.buffer import adopt, epochs, numbers, stored
from edge_agent.buffer.adopt import Adopted, Counted
from edge_agent.buffer.epochs import Epoch, Forgotten
from edge_agent.buffer.found import Found
from edge_agent.buffer.row_id import TOP_SEQ, parts, row_id, span_of_epoch, span_of_lane
from edge_agent.buffer.stored import Stored
from wire.topic import Lane

_DONE = "in:"


class NoNumbersError(RuntimeError):
    """There are no numbers below the epochs of this file: another million came in already."""


class Place(msgspec.Struct, frozen=True):
    """Where an epoch goes; `number` None: it is listed already. From seq `below` on it is in."""

    one: Epoch
    number: int | None
    below: int = TOP_SEQ

    @property
    def epoch(self) -> Epoch:
        """As it will be listed."""
        return replace(self.one, id=self.number or 0, dropped=dict(self.one.dropped))

    def row(self, row: Stored) -> Stored:
        """As it will lie in the file."""
        return replace(row, id=row_id(self.one.lane, self.number or 0, row.seq))


def lowest(connection: sqlite3.Connection) -> int:
    """The lowest number that an epoch has, or the next will have, and rows out of sight too."""
    (listed,) = connection.execute("SELECT min(id) FROM epoch").fetchone()
    hidden = [row.epoch_id for row in _out_of_sight(connection)]
    known = [] if listed is None else [int(listed)]
    return min([epochs.next_number(connection), *hidden, *known])


def planned(connection: sqlite3.Connection, found: Found, below: int) -> list[Place]:
    """Where each epoch goes, also those begun before a kill; raise NoNumbersError.

    `below`: new ones get lower numbers.
    """
    begun = {(row.lane, row.epoch): row for row in _out_of_sight(connection)}
    places, new = [], list[Epoch]()
    for one in adopt.epochs_of(found):
        row = begun.pop((one.lane, one.epoch), None)
        if row is not None:
            places.append(Place(one, row.epoch_id, row.first))
        elif epochs.named(connection, one.lane, one.epoch) is not None:
            places.append(Place(one, None))
        else:
            new.append(one)
    if below <= len(new):
        raise NoNumbersError(f"{len(new)} epochs, and numbers end at {below}")
    places += [Place(one, below - len(new) + n) for n, one in enumerate(new)]
    return places + [_without_source(row) for row in begun.values()]


def _without_source(row: Stored) -> Place:
    """Somebody took the file away from which it came: what is in is in."""
    one = Epoch(row.epoch_id, row.lane, row.epoch, None, row.base, boot=row.boot)
    return Place(one, row.epoch_id, below=0)


def _out_of_sight(connection: sqlite3.Connection) -> Iterator[Stored]:
    """Of each epoch that is not listed the lowest row."""
    for lane in Lane:
        low, high = span_of_lane(lane)
        visible, _ = epochs.in_sight(connection, lane)
        high = min(high, visible - 1)
        while some := stored.between(connection, (low, high), 1):
            yield some[0]
            low = row_id(lane, parts(some[0].id)[1] + 1, 0)


def count(connection: sqlite3.Connection, place: Place) -> Counted:
    """How much of it is in."""
    return adopt.counted(connection, span_of_epoch(place.one.lane, place.number or 0))


def show(
    connection: sqlite3.Connection, found: Found, held: Iterable[tuple[Place, Counted]], name: str
) -> Adopted:
    """List what came in, and count it: one transaction, noted as done under the name of the source.

    What was known there and is nowhere counts as lost from here on.
    """
    adopted, brought = Adopted(), dict.fromkeys(Lane, 0)
    for place, here in held:
        if place.number is None:
            adopted += adopt.add_known(connection, found, place.one)
            continue
        one = place.epoch
        lost = adopt.settle(connection, one, here)
        adopted += Adopted(here.rows, here.readings, lost)
        brought[one.lane] += one.taken
    for lane in Lane:
        brought[lane] += _count_the_forgotten(connection, lane, found)
        kept = numbers.kept(connection, epochs.brought(lane))
        numbers.note(connection, epochs.brought(lane), kept + brought[lane])
    adopt.add_others(connection, found)  # anchors of boots that were not listed are forgotten
    numbers.note(connection, _DONE + name, 1)
    return adopted


def _count_the_forgotten(connection: sqlite3.Connection, lane: Lane, found: Found) -> int:
    """The ledger goes on counting what went before; how many readings were taken of that."""
    gone, here = _forgotten(lane, found), epochs.forgotten(connection, lane)
    both = Forgotten(
        lane,
        here.taken + gone.taken,
        here.stored + gone.stored,
        here.thinned + gone.thinned,
        here.latest,
        epochs.added(here.dropped, gone.dropped),
    )
    epochs.save_forgotten(connection, both)
    return gone.taken


def _forgotten(lane: Lane, found: Found) -> Forgotten:
    """As found; else what its epochs say was taken before them."""
    known = found.lanes.get(lane)
    if known is not None:
        return known
    listed = [one for one in found.epochs.values() if one.lane is lane]
    total = max((one.base + one.taken for one in listed), default=0)
    gone = max(total - sum(one.taken for one in listed), 0)
    return Forgotten(lane, gone, gone, 0, None, {})


def is_done(connection: sqlite3.Connection, name: str) -> bool:
    """Whether all of this source is in, and only the source is left over."""
    return numbers.kept(connection, _DONE + name) > 0


def forget(connection: sqlite3.Connection, names: Iterable[str]) -> None:
    """These sources are gone."""
    for name in names:
        numbers.forget(connection, _DONE + name)


def done(connection: sqlite3.Connection) -> list[str]:
    """The sources that are noted as done."""
    found = connection.execute("SELECT name FROM meta WHERE name LIKE ?", (f"{_DONE}%",))
    return [name.removeprefix(_DONE) for (name,) in found]


def carry(connection: sqlite3.Connection, found: Found) -> None:
    """What a start needs at once: numbers that only ever grow, the clock of this boot, commands.

    And what was written to the card, which is still the same card.
    """
    for name in (numbers.CONNECTION, numbers.LAST_UTC_US, *filter(numbers.is_wear, found.numbers)):
        value = found.numbers.get(name, 0)
        if value > numbers.kept(connection, name):
            numbers.note(connection, name, value)
    adopt.add_others(connection, found)
