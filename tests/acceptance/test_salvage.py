"""A large buffer that broke: the agent watches at once, and is killed again and again meanwhile."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path

import msgspec

from edge_agent.buffer import aside, rows
from edge_agent.health_document import AgentDocument
from edge_agent.health_socket import ask
from runtime.database import connect, run_transaction
from simulators.broker import free_port
from simulators.serial_line import SerialLine
from simulators.smoke_detector import SmokeDetector
from tests.patience import PATIENCE_S
from wire.envelope import Base, ClockState, Encoding
from wire.topic import Lane

OLD, ROWS = "01d0" * 4, 10_000
TAKEN = 3
"""Readings of a row."""


def broken(path: Path) -> None:
    draft = rows.Draft(TAKEN, Base("boot-0", 7, ClockState.SYNCHRONISED), Encoding.RAW, bytes(80))
    with closing(connect(path)) as disk:
        rows.migrate(disk)
        for lane in Lane:
            many = [draft] * (ROWS // 2)
            run_transaction(disk, lambda c, to=lane, some=many: rows.commit(c, to, OLD, some))  # type: ignore[misc]  # defaults in a lambda
    with path.open("r+b") as file:
        file.write(bytes(100))


def site(folder: Path) -> Path:
    file = folder / "agent.toml"
    file.write_text(f"""
gateway.id = "gw-001"
clock.trust = "system"
buffer.path = "buffer.db"
mqtt = {{ host = "127.0.0.1", port = {free_port()}, tls = false }}
[lines.shed]
kind = "modbus-rtu"
port = "ttyShed"
settle = "0s"
[devices.smoke-01]
profile = "calectro_ug3"
line = "shed"
poll_period = "100ms"
""")
    return file


@asynccontextmanager
async def agent(file: Path) -> AsyncIterator[Callable[[], "asyncio.Future[AgentDocument]"]]:
    """Killed at the end of the block."""
    with file.with_name("agent.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "edge_agent", "run", "-c", str(file), stderr=log
        )

    async def said() -> AgentDocument:
        while True:
            assert process.returncode is None
            try:
                answer = await asyncio.to_thread(ask, file.with_name("agent.sock"))
                return msgspec.json.decode(answer, type=AgentDocument)
            except OSError:
                await asyncio.sleep(0.05)

    try:
        yield lambda: asyncio.ensure_future(said())
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def new(said: AgentDocument) -> int:
    """Readings of the urgent lane that were taken since, and are in sight."""
    return said.lanes[0].taken


async def test_it_watches_at_once_and_no_row_is_lost_or_doubled(tmp_path: Path) -> None:
    path, file = tmp_path / "buffer.db", site(tmp_path)
    broken(path)
    with SerialLine([SmokeDetector(1)], link=tmp_path / "ttyShed"):
        taken = 0
        for share in (0.05, 0.1, 0.1):
            async with asyncio.timeout(PATIENCE_S), agent(file) as said:
                while not taken < new(seen := await said()) < ROWS:
                    assert seen.salvage
                taken = new(seen)
                assert len(seen.salvage) == 1
                assert all(lane.balances for lane in seen.lanes)
                while seen.salvage and not is_beyond(seen, share):
                    seen = await said()
        async with asyncio.timeout(PATIENCE_S), agent(file) as said:
            while (seen := await said()).salvage:
                await asyncio.sleep(0.05)
            saved = f"{TAKEN * ROWS} readings in {ROWS} batches were saved, 0 that it had"
            assert any(saved in one.text for one in seen.notices)
            assert all(lane.balances and not lane.dropped for lane in seen.lanes)
    with closing(connect(path)) as disk:
        for lane in Lane:
            kept = [
                row.key.seq
                for row in rows.rows_after(disk, lane, 0, 10 * ROWS)
                if row.key.epoch == OLD
            ]
            assert kept == list(range(1, ROWS // 2 + 1))
            book = rows.ledger(disk, lane)
            assert (book.buffered, book.dropped) == (book.taken, {})
    assert aside.waiting(path) == []


def is_beyond(said: AgentDocument, share: float) -> bool:
    (coming,) = said.salvage
    return coming.part == "bringing" and coming.share > share
