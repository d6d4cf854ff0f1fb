"""How many readings a second one server takes: intake into the journal, journal into the store.

The real stages on real SQLite files in one process; only the broker is left out: a session hands
messages over as fast as they are asked for. Batches of 50 readings from 100 gateways.
"""

import argparse
import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from figures.cost import Cost, cost
from figures.fleet import messages
from figures.record import Bench, bench

from ingest_server.db.journal import last_id, migrate_journal
from ingest_server.intake.receiver import REST, URGENT, Intake, IntakeSettings
from ingest_server.store.embedded import EmbeddedStore, migrate_store
from ingest_server.store.writer import Writer
from runtime.clock import SystemClock
from runtime.database import Database
from runtime.mqtt import Message, Outcome

GATEWAYS = 100
BATCH = 50


class Feed:
    """A session whose broker always has the next message ready; `done` once all are acknowledged.

    Satisfies ingest_server.intake.session.Session.
    """

    def __init__(self, waiting: Sequence[Message]) -> None:
        self._waiting = list(reversed(waiting))
        self._open = len(waiting)
        self.done = asyncio.Event()
        self.receipts = 0

    @property
    def is_connected(self) -> bool:
        return True

    async def run(self) -> None:
        await asyncio.Event().wait()

    async def connected(self) -> int:
        return 1

    async def disconnected(self) -> None:
        await asyncio.Event().wait()

    async def receive(self) -> Message:
        if not self._waiting:
            await asyncio.Event().wait()
        return self._waiting.pop()

    def acknowledge(self, message: Message) -> None:
        del message
        self._open -= 1
        if not self._open:
            self.done.set()

    async def publish(
        self,
        topic: str,
        payload: bytes,
        *,
        qos: int = 1,
        retain: bool = False,
        properties: Sequence[tuple[str, str]] = (),
        content_type: str | None = None,
        utf8: bool = False,
        expiry_s: int | None = None,
    ) -> Outcome:
        del topic, payload, qos, retain, properties, content_type, utf8, expiry_s
        self.receipts += 1
        return Outcome.ACCEPTED


async def take(
    journal: Database, batch: Sequence[Message], slice_of: int, wake: asyncio.Event | None = None
) -> None:
    """Until every message is acknowledged."""
    feed = Feed(batch)
    intake = Intake(
        sessions={URGENT: Feed(()), REST: feed},
        journal=journal,
        clock=SystemClock(),
        wakes=() if wake is None else (wake,),
        settings=IntakeSettings(messages=slice_of),
    )
    async with asyncio.TaskGroup() as group:
        loop = group.create_task(intake.run())
        await feed.done.wait()
        loop.cancel()


class Server:
    """Intake and store over the files of one folder."""

    def __init__(self, journal: Database, store_file: Database) -> None:
        self.journal = journal
        self.store = EmbeddedStore(store_file)
        self.wake = asyncio.Event()
        self.writer = Writer(journal=journal, store=self.store, clock=SystemClock(), wake=self.wake)

    async def take(self, batch: Sequence[Message], slice_of: int) -> None:
        """Until every message is acknowledged."""
        await take(self.journal, batch, slice_of, self.wake)

    async def write(self) -> None:
        """Until the store has what the journal has."""
        while await self.writer.pass_once():
            pass

    async def both(self, batch: Sequence[Message], slice_of: int) -> None:
        """Take in and store at the same time, as the server does."""
        async with asyncio.TaskGroup() as group:
            writing = group.create_task(self.writer.run())
            await self.take(batch, slice_of)
            last = await self.journal.read(last_id)
            while await self.store.cursor() < last:  # noqa: ASYNC110 - the stage tells nobody
                await asyncio.sleep(0.01)
            writing.cancel()


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Server]:
    async with (
        Database(folder / "journal.db", migrate_journal) as journal,
        Database(folder / "store.db", migrate_store) as store_file,
    ):
        yield Server(journal, store_file)


async def measure(folder: Path, batches: int) -> dict[str, Cost]:
    """Each stage alone, both together, and intake when messages come one at a time."""
    fleet = list(messages(GATEWAYS, batches, BATCH))
    slice_of = IntakeSettings().messages
    async with opened(folder / "apart") as server:
        with cost() as intake:
            await server.take(fleet, slice_of)
        with cost() as store:
            await server.write()
    async with opened(folder / "together") as server:
        with cost() as together:
            await server.both(fleet, slice_of)
    async with opened(folder / "single") as server:
        with cost() as single:
            await server.take(fleet[: len(fleet) // 4], 1)
    return {"intake": intake, "store": store, "together": together, "single": single}


def report(run: Bench, spent: dict[str, Cost], batches: int) -> None:
    total = batches * GATEWAYS * BATCH
    counts = dict.fromkeys(spent, total) | {"single": total // 4 // BATCH * BATCH}
    words = {
        "intake": "intake alone, slices of 200 messages",
        "store": "store alone, slices of 5 000 readings",
        "together": "intake and store at once",
        "single": "intake, one message a transaction",
    }
    figures = {
        name: {
            "readings_per_s": round(counts[name] / one.wall_s),
            "cpu_us_per_reading": round(1e6 * one.cpu_s / counts[name], 1),
            "bytes_written_per_reading": round(one.written / counts[name], 1),
            "limit": one.limit,
        }
        for name, one in spent.items()
    }
    lines = [
        f"{words[name]}: {found['readings_per_s']} readings/s, "
        f"{found['cpu_us_per_reading']} us and {found['bytes_written_per_reading']} bytes each; "
        f"limit: {found['limit']}"
        for name, found in figures.items()
    ]
    run.report(lines, {"readings": total, "batch": BATCH, "figures": figures})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--batches", type=int, default=40, help="of each of 100 gateways (%(default)s)"
    )
    with bench("intake_rate", parser) as run:
        report(run, asyncio.run(measure(run.folder, run.arguments.batches)), run.arguments.batches)


if __name__ == "__main__":
    main()
