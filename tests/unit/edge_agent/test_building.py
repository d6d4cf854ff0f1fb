"""The parts of an agent stand over its buffer, and know what of another file is still to come."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from edge_agent.baseline.keeper import Baselines
from edge_agent.buffer import aside, reserve, rows
from edge_agent.buffer.opening import prepare
from edge_agent.buffer.retention import Limits
from edge_agent.buffer.sources import gathered
from edge_agent.buffer.timebase import Timekeeper
from edge_agent.building import Ground, built, observer
from edge_agent.config.desired import Book
from edge_agent.config.load import load_config
from edge_agent.config.source import Found
from edge_agent.configuration import Configuration
from edge_agent.health import AgentHealth
from edge_agent.observe import Notices, Parts
from edge_agent.test_mode.keeper import TermKeeper
from runtime.database import Database
from tests.broken_buffer import all_rows, use
from tests.brought_in import STAMP
from tests.standing_clock import StandingClock


def ground(folder: Path) -> Ground:
    file = folder / "agent.toml"
    file.write_text(
        'gateway.id = "gw-001"\nmqtt = { host = "localhost", tls = false }\n'
        'buffer.path = "buffer.db"\n'
    )
    loaded, clock = load_config(file, {}), StandingClock()
    notices, timekeeper = Notices(clock), Timekeeper(clock)
    found = Found(loaded, Book(), loaded.config.watched_hash)

    async def health() -> AgentHealth:
        raise RuntimeError

    return Ground(
        config=loaded.config,
        epoch="a" * 16,
        clock=clock,
        timekeeper=timekeeper,
        configuration=Configuration(found, None, notices.tell),
        baselines=Baselines(folder, timekeeper, notices.tell),
        terms=TermKeeper(folder, timekeeper, notices.tell),
        notices=notices,
        health=health,
    )


@asynccontextmanager
async def standing(folder: Path) -> AsyncIterator[tuple[Ground, Parts]]:
    path, under = folder / "buffer.db", ground(folder)
    prepare(path, STAMP)
    waiting = gathered(path, None, STAMP)
    async with Database(path, rows.migrate) as database:
        yield under, await built(under, database, Limits(1 << 30, 1 << 20), waiting)


async def test_without_anything_set_aside_all_is_whole(tmp_path: Path) -> None:
    async with standing(tmp_path) as (under, parts):
        assert parts.lanes.is_whole
        assert parts.control.knows_all
        assert parts.salvor.is_whole
        assert (await observer(under, parts).health()).salvage == ()


async def test_statements_are_partial_until_all_is_in(tmp_path: Path) -> None:
    used = use(tmp_path, turns=30)
    aside.set_aside(tmp_path / "buffer.db", STAMP)
    async with standing(tmp_path) as (under, parts):
        assert not parts.lanes.is_whole
        assert (await observer(under, parts).health()).salvage[0].part == "waiting"
        before = parts.publisher._config_hash()
        await parts.salvor.run()
        assert bool(parts.lanes.is_whole)  # what mypy knew of it is over
        assert parts.publisher._config_hash() != before  # another birth, with other anchors
        held = await parts.database.read(all_rows)
        assert held.keys() == used.truth.keys()
        path = parts.database.path
        assert await parts.database.transact(lambda c: reserve.is_there(c, path))
