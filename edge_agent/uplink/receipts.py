"""Several receipts as few: those of one epoch together say what all of them say."""

from collections.abc import Iterable

import msgspec

from wire.ranges import Ranges
from wire.receipt import Receipt
from wire.topic import Lane


def merged(receipts: Iterable[Receipt]) -> list[Receipt]:
    """One for each lane and epoch, in the order of their first; the latest echo and time stand."""
    found: dict[tuple[Lane, str], Receipt] = {}
    for one in receipts:
        place = (one.lane, one.epoch)
        found[place] = _both(found[place], one) if place in found else one
    return list(found.values())


def _both(first: Receipt, second: Receipt) -> Receipt:
    return msgspec.structs.replace(
        second,
        have=tuple(Ranges((*first.have, *second.have))),
        done=tuple(dict.fromkeys((*first.done, *second.done))),
    )
