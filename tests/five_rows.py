"""What was found of a buffer with one epoch of five rows, of which the first is delivered."""

import sqlite3

from edge_agent.buffer import epochs, rows, stored
from edge_agent.buffer.found import Found
from edge_agent.buffer.row_id import span_of_lane
from edge_agent.buffer.spool import Spool
from wire.envelope import Base, ClockState, Encoding
from wire.receipt import Receipt
from wire.topic import Lane

A = "a" * 16
DRAFT = rows.Draft(10, Base("boot", 7, ClockState.HOLDOVER), Encoding.RAW, b"xx")
"""Ten readings."""


def new() -> sqlite3.Connection:
    disk = sqlite3.connect(":memory:", isolation_level=None)
    rows.migrate(disk)
    return disk


def five_rows() -> Found:
    """Of bulk, of ten readings each; all sums saved."""
    disk = new()
    rows.commit(disk, Lane.BULK, A, [DRAFT] * 5)
    rows.receive(disk, Receipt(Lane.BULK, A, ((1, 1),), (), None, 0), A)
    one = epochs.named(disk, Lane.BULK, A)
    assert one is not None
    held = stored.between(disk, span_of_lane(Lane.BULK))
    gone = {lane: epochs.forgotten(disk, lane) for lane in Lane}
    return Found(Spool(held), {(Lane.BULK, A): one}, gone, {"connection": 4})
