"""The word of a person at the gateway: the time, and the configuration that the server wants."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import msgspec
import pytest

from edge_agent import on_site
from edge_agent.buffer import clock_note
from edge_agent.buffer.clock_note import ClockNote
from edge_agent.buffer.timebase import BUILT_US, Timekeeper
from edge_agent.config.model import Config
from edge_agent.config.source import Source, book_path, read_book
from edge_agent.configuration import Configuration
from edge_agent.local_orders import LocalAnswer
from tests.patience import PATIENCE_S
from tests.standing_clock import StandingClock
from wire.command import Config as Desired
from wire.command import Outcome

HEAD = 'gateway.id = "gw-001"\nmqtt = { host = "localhost", tls = false }\nbuffer.path = "b.db"\n'
LINE = '[lines.shed]\nkind = "modbus-rtu"\nport = "ttyShed"\n'
DEVICE = '[devices.a]\nprofile = "calectro_ug3"\nline = "shed"\n'
NOW = BUILT_US + 3_600_000_000


class Here:
    """A configuration under way, with the lines that nobody really runs."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "agent.toml"
        self.file.write_text(HEAD + LINE + DEVICE)
        self.source = Source(self.file, {})
        self.told: list[str] = []
        self.configuration = Configuration(self.source.load(), self.source, self.told.append)
        self.keeper = Timekeeper(StandingClock(NOW, trusted=False))

    async def apply(self, new: Config) -> None:
        self.configuration.enter(new)

    async def order(self, name: str, given: Mapping[str, str] | None = None) -> LocalAnswer:
        return await on_site.doings(self.configuration, self.keeper)[name](given or {})

    async def wanted(self, toml: str, based_on: str) -> None:
        """What becomes of it is known."""
        self.configuration.answered.clear()
        self.configuration.desire(Desired(9, based_on, toml))
        await asyncio.wait_for(self.configuration.answered.wait(), PATIENCE_S)


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Here]:
    made = Here(tmp_path)
    running = asyncio.create_task(made.configuration.run(made.apply))
    await asyncio.sleep(0)
    yield made
    running.cancel()


async def test_nothing_to_decide(here: Here) -> None:
    answer = await here.order(on_site.ACCEPT)
    assert (answer.is_done, answer.reason) == (False, "nothing_wanted")


async def test_accepted_over_what_the_site_has(here: Here) -> None:
    other = LINE + DEVICE + "unit = 3\n"
    await here.wanted(other, "0" * 16)
    assert here.configuration.book.outcome is Outcome.DIVERGED
    assert here.configuration.config.devices[0].unit == 1
    answer = await here.order(on_site.ACCEPT)
    assert (answer.is_done, answer.said) == (True, "taken")
    assert here.configuration.config.devices[0].unit == 3
    book = read_book(book_path(here.configuration.config))
    assert (book.outcome, book.in_force) == (Outcome.APPLIED, Desired(9, "0" * 16, other))
    again = await here.order(on_site.REJECT)
    assert (again.is_done, again.said) == (True, "in_force")


async def test_rejected_and_what_is_not_valid(here: Here) -> None:
    await here.wanted(LINE + DEVICE + "unit = 300\n", "0" * 16)
    answer = await here.order(on_site.ACCEPT)
    assert (answer.is_done, answer.reason) == (False, "not_valid")
    assert "devices.a.unit" in answer.detail
    assert (await here.order(on_site.REJECT)).is_done
    (told,) = here.configuration.answers(None)
    assert (told.outcome, told.detail) == (Outcome.REJECTED, "by a person on site")
    assert here.configuration.config.devices[0].unit == 1


async def test_the_clock_is_set_and_shown(here: Here) -> None:
    shown = await here.order(on_site.CLOCK_SHOW)
    assert isinstance(shown.said, dict)
    assert shown.said["state"] == "unset"
    wrong = await here.order(on_site.CLOCK_SET, {"utc_us": "soon"})
    assert (wrong.is_done, wrong.reason) == (False, "no_number")
    early = await here.order(on_site.CLOCK_SET, {"utc_us": str(BUILT_US - 1)})
    assert (early.is_done, early.reason) == (False, "before_build")
    assert (await here.order(on_site.CLOCK_SET, {"utc_us": str(NOW)})).is_done
    forced = {"utc_us": str(BUILT_US - 1), "force": "yes"}
    assert (await here.order(on_site.CLOCK_SET, forced)).is_done
    shown = await here.order(on_site.CLOCK_SHOW)
    assert isinstance(shown.said, dict)
    assert (shown.said["origin"], shown.said["utc_us"]) == ("person", BUILT_US - 1)
    assert msgspec.json.encode(shown)


def test_a_note_is_taken_at_the_start_of_the_same_boot(tmp_path: Path) -> None:
    clock = StandingClock(NOW, trusted=False)
    clock_note.leave(tmp_path, ClockNote(clock.boot, clock.mono_us(), NOW))
    clock.advance(60_000_000)
    keeper = Timekeeper(clock)
    assert on_site.take_note(tmp_path, keeper) == ""
    assert keeper.said().utc_us == NOW + 60_000_000
    assert on_site.take_note(tmp_path, keeper) == ""
    clock_note.leave(tmp_path, ClockNote("boot-0", 5, NOW))
    assert "set it anew" in on_site.take_note(tmp_path, keeper)
    clock_note.leave(tmp_path, ClockNote(clock.boot, clock.mono_us(), 5))
    assert "not taken: out_of_range" in on_site.take_note(tmp_path, keeper)
