"""However commits are grouped, what travels is the same: every sample, its value, its order.

The same samples go into a buffer that commits each transition at once and into one whose points
chatter; takers run side by side, and receipts come in between.
"""

import asyncio
import tempfile
from dataclasses import dataclass
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from edge_agent.buffer import rows
from edge_agent.buffer.lanes import Lanes, PointPlan
from edge_agent.buffer.pace import Budget, Pace
from edge_agent.buffer.retention import Limits
from edge_agent.buffer.timebase import Timekeeper
from edge_agent.exchange import Sample
from runtime.database import Database
from tests.standing_clock import StandingClock
from wire.batch import decode_batch
from wire.codec import unpack
from wire.reading import Value
from wire.receipt import Receipt
from wire.topic import Lane

EPOCH = "a" * 16
NEVER, ALWAYS = Budget(0, 0), Budget(10**9, 0)
Told = dict[tuple[str, str], list[tuple[int, Value | None]]]


@dataclass(frozen=True, slots=True)
class Step:
    """Samples that came together from some devices; then perhaps a flush or a receipt."""

    values: tuple[tuple[int, str, bool], ...]
    then: str


STEPS = st.lists(
    st.builds(
        Step,
        st.lists(
            st.tuples(st.integers(0, 2), st.sampled_from(["smoke", "relay"]), st.booleans()),
            min_size=1,
            max_size=4,
        ).map(tuple),
        st.sampled_from(["", "flush", "receipt"]),
    ),
    max_size=12,
)


def plan(_device: str, point: str) -> PointPlan:
    return PointPlan(Lane.URGENT if point == "smoke" else Lane.BULK, None)


async def told(steps: list[Step], pace: Pace) -> Told:
    """What left the buffer in the end, by point, in the order of the keys."""
    clock = StandingClock()
    found: Told = {}
    with tempfile.TemporaryDirectory() as folder:
        async with Database(Path(folder) / "buffer.db", rows.migrate) as database:
            lanes = Lanes(
                database=database,
                timekeeper=Timekeeper(clock),
                gateway="gw",
                epoch=EPOCH,
                limits=Limits(10**7, 10**6),
                plan=plan,
                progress=lambda _: None,
                pace=pace,
            )
            for step in steps:
                async with asyncio.TaskGroup() as takers:
                    for device, point, value in step.values:
                        clock.advance(1_000)
                        sample = Sample(point, value, clock.mono_us())
                        takers.create_task(lanes.take(f"d{device}", [sample]))
                if step.then == "flush":
                    await lanes.flush()
                elif step.then == "receipt":
                    await deliver(lanes, found)
            await lanes.flush()
            await deliver(lanes, found)
            books = await lanes.ledgers()
            assert all(book.buffered == 0 for book in books.values())
    return found


async def deliver(lanes: Lanes, found: Told) -> None:
    """Every row goes up, and its receipt comes."""
    for lane in Lane:
        for number in await lanes.rows_after(lane, 0, 1_000):
            outgoing = await lanes.outgoing(lane, number)
            assert outgoing is not None
            assert outgoing.row is not None
            batch = decode_batch(unpack(outgoing.row.payload, outgoing.row.encoding), "gw")
            for one in batch.readings:
                found.setdefault((one.device, one.point), []).append((one.time_us, one.value))
            seq = outgoing.row.key.seq
            await lanes.receive(Receipt(lane, EPOCH, ((seq, seq),), (), None, 1))


@settings(max_examples=40, deadline=None)
@given(STEPS)
def test_grouping_changes_no_content_and_no_order(steps: list[Step]) -> None:
    at_once = asyncio.run(told(steps, Pace(ALWAYS, ALWAYS)))
    grouped = asyncio.run(told(steps, Pace(NEVER, NEVER)))
    assert at_once == grouped
    for said in at_once.values():
        assert [at_us for at_us, _ in said] == sorted({at_us for at_us, _ in said})
