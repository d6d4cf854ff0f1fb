"""A device is in test once its end is on the disk, and until then; a restart renews nothing."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from edge_agent.buffer.timebase import Timekeeper
from edge_agent.config.load import load_config
from edge_agent.config.model import Config
from edge_agent.test_mode.keeper import NAME as LOOP
from edge_agent.test_mode.keeper import TermKeeper
from edge_agent.test_mode.term_file import NAME, TermFile
from runtime.beat import Beat
from tests.standing_clock import StandingClock

HEAD = 'gateway.id = "gw-001"\nmqtt = { host = "localhost", tls = false }\n'
LINE = '[lines.shed]\nkind = "modbus-rtu"\nport = "ttyShed"\n'
DEVICE = '[devices.a]\nprofile = "calectro_ug3"\nline = "shed"\n'
FOR = 'test_mode_for = "2h"\n'
HOUR = 3_600_000_000


class Gateway:
    """The configuration in force and the lines under watch, as the keeper sees them."""

    def __init__(self, folder: Path, clock: StandingClock, extra: str = FOR) -> None:
        self.told: list[str] = []
        self.shown: list[str] = []
        self.retuned: list[tuple[bool, bool]] = []
        self.keeper = TermKeeper(folder, Timekeeper(clock), self.told.append, beat=Beat(0.005))
        self._folder = folder
        self.reload(extra)
        self.keeper.attend(self, self)

    def reload(self, extra: str) -> None:
        (self._folder / "agent.toml").write_text(HEAD + LINE + DEVICE + extra)
        self.read = load_config(self._folder / "agent.toml", {}).config
        self.config = self.keeper.adjust(self.read)

    async def readjust(self, retune: Callable[[Config, Config], None]) -> None:
        old, self.config = self.config, self.keeper.adjust(self.read)
        if old != self.config:
            retune(old, self.config)

    def retune(self, old: Config, new: Config) -> None:
        self.retuned.append((old.devices[0].is_test, new.devices[0].is_test))

    def is_test(self) -> bool:
        return self.config.devices[0].is_test

    async def until(self, *, is_test: bool) -> None:
        async with asyncio.timeout(10):
            while self.is_test() is not is_test:
                await asyncio.sleep(0.005)

    async def looks(self, times: int = 3) -> None:
        wanted = len(self.shown) + times
        async with asyncio.timeout(10):
            while len(self.shown) < wanted:
                await asyncio.sleep(0.005)


@asynccontextmanager
async def running(gateway: Gateway) -> AsyncIterator[None]:
    task = asyncio.create_task(gateway.keeper.run(gateway.shown.append))
    yield
    task.cancel()
    await asyncio.wait([task])


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


async def test_it_begins_once_it_is_on_the_disk_and_ends_by_the_clock(
    tmp_path: Path, clock: StandingClock
) -> None:
    gateway = Gateway(tmp_path, clock)
    assert not gateway.is_test()
    async with running(gateway):
        await gateway.until(is_test=True)
        assert [one.device for one in TermFile(tmp_path).read()] == ["a"]
        assert gateway.keeper.ends() == {"a": clock.mono_us() + 2 * HOUR}
        clock.advance(2 * HOUR - 1)
        await gateway.looks()
        assert gateway.is_test()
        clock.advance(1)
        await gateway.until(is_test=False)
        clock.advance(9 * HOUR)
        await gateway.looks()
    assert gateway.retuned == [(False, True), (True, False)]
    assert gateway.keeper.ends() == {}
    assert gateway.told == [
        "",
        "test mode of a begins: it ends by itself in 2h",
        "test mode of a has ended (2h): what it says counts",
    ]
    assert set(gateway.shown) == {LOOP}


@pytest.mark.parametrize("trusted", [True, False])
async def test_a_restart_neither_prolongs_it_nor_begins_it_anew(
    tmp_path: Path,
    clock: StandingClock,
    trusted: bool,
) -> None:
    clock.trusted = trusted
    first = Gateway(tmp_path, clock)
    async with running(first):
        await first.until(is_test=True)
    clock.advance(HOUR)
    again = Gateway(tmp_path, clock)
    assert again.is_test()  # from the first reading on
    async with running(again):
        await again.looks()
        clock.advance(HOUR)
        await again.until(is_test=False)
    last = Gateway(tmp_path, clock)
    async with running(last):
        await last.looks()
    assert not last.is_test()
    assert last.told == [""]


async def test_one_that_ended_while_the_agent_was_stopped_is_told(
    tmp_path: Path, clock: StandingClock
) -> None:
    first = Gateway(tmp_path, clock)
    async with running(first):
        await first.until(is_test=True)
    clock.advance(3 * HOUR)
    clock.boot = "boot-2"
    again = Gateway(tmp_path, clock)
    assert not again.is_test()
    async with running(again):
        await again.looks()
    assert again.told[-1] == "test mode of a has ended (2h): what it says counts"


async def test_a_key_that_was_away_begins_it_anew(tmp_path: Path, clock: StandingClock) -> None:
    gateway = Gateway(tmp_path, clock)
    async with running(gateway):
        await gateway.until(is_test=True)
        clock.advance(3 * HOUR)
        await gateway.until(is_test=False)
        gateway.reload("")
        gateway.reload(FOR)
        await gateway.until(is_test=True)
        gateway.reload("")
        assert not gateway.is_test()
        gateway.reload('test_mode_for = "1h"\n')
        await gateway.until(is_test=True)
        assert gateway.keeper.ends() == {"a": clock.mono_us() + HOUR}


async def test_what_can_not_be_written_does_not_begin_but_ends(
    tmp_path: Path, clock: StandingClock
) -> None:
    (tmp_path / f"{NAME}.new").mkdir()  # where the draft would go
    gateway = Gateway(tmp_path, clock)
    async with running(gateway):
        await gateway.looks()
        assert not gateway.is_test()
        assert "none begins" in gateway.told[-1]
        (tmp_path / f"{NAME}.new").rmdir()
        await gateway.until(is_test=True)
        (tmp_path / f"{NAME}.new").mkdir()
        clock.advance(2 * HOUR)
        await gateway.until(is_test=False)


async def test_a_broken_file_ends_what_it_knew_and_nothing_that_comes_later(
    tmp_path: Path, clock: StandingClock
) -> None:
    (tmp_path / NAME).write_text("[")
    gateway = Gateway(tmp_path, clock)
    assert "every test mode has ended" in gateway.told[0]
    async with running(gateway):
        await gateway.looks()
        assert not gateway.is_test()
        gateway.reload('test_mode_for = "1h"\n')
        await gateway.until(is_test=True)
    (tmp_path / NAME).write_text("[")
    other = Gateway(tmp_path, clock, extra="")
    async with running(other):
        await other.looks()
        other.reload(FOR)
        await other.until(is_test=True)
