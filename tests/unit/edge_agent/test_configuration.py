"""What is asked of a running agent: taken whole, or refused with reasons and nothing changed."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from edge_agent.config.desired import Book, Decision
from edge_agent.config.model import Config
from edge_agent.config.source import Found, Source, book_path, read_book
from edge_agent.configuration import Configuration
from tests.patience import PATIENCE_S
from wire.command import Config as Desired
from wire.command import Outcome
from wire.topic import Lane

HEAD = 'gateway.id = "gw-001"\nmqtt = { host = "localhost", tls = false }\nbuffer.path = "b.db"\n'
LINE = '[lines.shed]\nkind = "modbus-rtu"\nport = "ttyShed"\n'
DEVICE = '[devices.a]\nprofile = "calectro_ug3"\nline = "shed"\n'


class Rig:
    def __init__(self, folder: Path) -> None:
        self.file = folder / "agent.toml"
        self.write(LINE + DEVICE)
        source = Source(self.file, {})
        self.told: list[str] = []
        self.applied: list[Config] = []
        self.standing = Configuration(source.load(), source, self.told.append, proof_s=0.2)

    def write(self, watched: str, head: str = HEAD) -> None:
        self.file.write_text(head + watched)

    async def apply(self, new: Config) -> None:
        self.applied.append(new)
        self.standing.enter(new)

    async def desire(self, toml: str, based_on: str, version: int = 1) -> None:
        self.standing.answered.clear()
        self.standing.desire(Desired(version, based_on, toml))
        await asyncio.wait_for(self.standing.answered.wait(), PATIENCE_S)

    async def withdraw(self, version: int) -> tuple[Outcome, str]:
        self.standing.answered.clear()
        self.standing.desire(Desired(version, "", "", withdrawn=True))
        await asyncio.wait_for(self.standing.answered.wait(), 10)
        (told,) = self.standing.answers(None)
        assert told.answers == f"config/{version}"
        return told.outcome, told.detail

    async def reread(self) -> None:
        before = len(self.told)
        self.standing.reread()
        async with asyncio.timeout(PATIENCE_S):
            while len(self.told) == before:
                await asyncio.sleep(0.01)


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    made = Rig(tmp_path)
    running = asyncio.create_task(made.standing.run(made.apply))
    yield made
    running.cancel()


async def test_what_is_desired_is_kept_applied_and_answered(rig: Rig) -> None:
    base = rig.standing.config.hash
    await rig.desire(LINE + DEVICE + "unit = 2\n", base)
    (told,) = rig.standing.answers(5_000_000)
    assert (told.answers, told.outcome, told.time) == ("config/1", Outcome.APPLIED, 5_000_000)
    assert told.config_hash == rig.standing.config.hash != base
    assert [one.devices[0].unit for one in rig.applied] == [2]
    health = rig.standing.health()
    assert (health.version, health.desired, health.outcome) == (1, 1, "applied")
    await rig.desire(LINE + DEVICE + "unit = 2\n", base)  # retained: it comes at each connection
    assert len(rig.applied) == 1
    await rig.desire(LINE + DEVICE, base, version=2)
    assert rig.standing.health().outcome == "diverged"
    await rig.desire(LINE + DEVICE + "unit = 3\n", told.config_hash or "", version=1)
    assert rig.standing.answers(None)[-1].detail == (
        "this gateway knows version 2: send a higher one"
    )


async def test_what_says_the_same_as_the_site_is_no_divergence(rig: Rig) -> None:
    """Whoever asks for what already runs has been understood."""
    await rig.desire("# in other words\n" + LINE + DEVICE, "0" * 16)
    assert rig.standing.health().outcome == "applied"
    assert rig.applied == []


async def test_a_file_that_nobody_has_read_is_not_passed_over(rig: Rig) -> None:
    base = rig.standing.config.hash
    rig.write(LINE + DEVICE + "unit = 7\n")
    await rig.desire(LINE + DEVICE + "unit = 2\n", base)
    (told,) = rig.standing.answers(None)
    assert told.outcome is Outcome.DIVERGED
    assert "has not been read" in told.detail
    rig.write(LINE + DEVICE, HEAD.replace("localhost", "127.0.0.1"))
    await rig.desire(LINE + DEVICE + "unit = 2\n", base, version=2)
    (told,) = rig.standing.answers(None)
    assert told.outcome is Outcome.REJECTED
    assert "agent.toml:2: mqtt.host: can not be changed" in told.detail


async def test_what_differs_from_what_is_in_force_is_told(rig: Rig) -> None:
    await rig.desire(LINE + DEVICE + "unit = 2\n", "0" * 16)
    (told,) = rig.standing.answers(None)
    why, *differs = told.detail.splitlines()
    assert why == f"something else than {'0' * 16} is in force here"
    assert differs == ["- devices.a.unit = 2"]
    await rig.desire(LINE + DEVICE + "unit = 2\n", rig.standing.config.hash, version=2)
    await rig.desire(LINE + DEVICE + "unit = 3\n", "0" * 16, version=3)
    (told,) = rig.standing.answers(None)
    assert told.detail.splitlines()[1:] == ["- devices.a.unit = 3", "+ devices.a.unit = 2"]


async def test_a_file_that_nobody_has_read_is_not_held_against_what_is_wanted(rig: Rig) -> None:
    rig.write(LINE + DEVICE + "unit = 7\n")
    await rig.desire(LINE + DEVICE + "unit = 2\n", "0" * 16)
    (told,) = rig.standing.answers(None)
    assert told.detail.endswith("has not been read yet: reload the agent first")


async def test_a_disk_that_refuses_is_a_refusal(rig: Rig) -> None:
    base = rig.standing.config.hash
    book_path(rig.standing.config).mkdir()
    await rig.desire(LINE + DEVICE + "unit = 2\n", base)
    (told,) = rig.standing.answers(None)
    assert (told.outcome, told.config_hash) == (Outcome.REJECTED, base)
    assert rig.applied == []


async def test_another_file_takes_the_place_of_what_was_desired(rig: Rig) -> None:
    await rig.desire(LINE + DEVICE + "unit = 2\n", rig.standing.config.hash)
    rig.write(LINE + DEVICE + "unit = 4\n")
    await rig.reread()
    async with asyncio.timeout(PATIENCE_S):
        while len(rig.applied) < 2:
            await asyncio.sleep(0.01)
    assert rig.applied[-1].devices[0].unit == 4
    health = rig.standing.health()
    assert (health.version, health.outcome) == (None, "diverged")
    assert read_book(book_path(rig.standing.config)).in_force is None


async def test_an_agent_without_a_file_changes_nothing(tmp_path: Path) -> None:
    loaded = Rig(tmp_path).standing
    told: list[str] = []
    bare = Configuration(
        Found(Source(tmp_path / "agent.toml", {}).load().loaded, Book(), ""), None, told.append
    )
    running = asyncio.create_task(bare.run(lambda _: asyncio.sleep(0)))
    bare.reread()
    async with asyncio.timeout(PATIENCE_S):
        while not told:
            await asyncio.sleep(0.01)
    assert "without a file" in told[0]
    assert bare.refused
    bare.answered.clear()
    bare.desire(Desired(1, "0" * 16, ""))
    await asyncio.wait_for(bare.answered.wait(), PATIENCE_S)
    assert bare.health().outcome == "diverged"
    assert bare.config.hash == loaded.config.hash
    running.cancel()


async def test_a_point_of_a_device_that_is_gone_keeps_its_lane(rig: Rig) -> None:
    assert rig.standing.plan("a", "smoke").lane is Lane.URGENT
    await rig.desire(LINE + DEVICE.replace(".a]", ".b]"), rig.standing.config.hash)
    assert rig.standing.profiles.keys() == {"b"}
    assert rig.standing.plan("a", "smoke").lane is Lane.URGENT
    with pytest.raises(KeyError):
        rig.standing.plan("never", "smoke")


async def test_it_is_proven_once_the_agent_has_run_with_it(rig: Rig) -> None:
    await rig.desire(LINE + DEVICE + "unit = 2\n", rig.standing.config.hash)
    file = book_path(rig.standing.config)
    assert read_book(file).starts == 0
    async with asyncio.timeout(PATIENCE_S):
        while read_book(file).starts is not None:
            await asyncio.sleep(0.02)


async def test_what_hangs_with_it_proves_nothing(tmp_path: Path) -> None:
    """A line that hangs is found only later, by the watchdog."""
    made, asked = Rig(tmp_path), 0

    def late() -> tuple[str, ...]:
        nonlocal asked
        asked += 1
        return () if asked > 2 else ("line shed",)

    running = asyncio.create_task(made.standing.run(made.apply, late))
    await made.desire(LINE + DEVICE + "unit = 2\n", made.standing.config.hash)
    assert read_book(book_path(made.standing.config)).starts == 0
    async with asyncio.timeout(PATIENCE_S):
        while made.standing.book.starts is not None:
            await asyncio.sleep(0.01)
    assert asked == 3
    running.cancel()


async def test_nothing_is_answered_before_it_is_so(tmp_path: Path) -> None:
    """A line that ends slowly: `applied` with the hash of what was would be neither."""
    made, go_on = Rig(tmp_path), asyncio.Event()
    base = made.standing.config.hash

    async def slowly(new: Config) -> None:
        await go_on.wait()
        await made.apply(new)

    running = asyncio.create_task(made.standing.run(slowly))
    await made.desire(LINE + DEVICE + "unit = 2\n", base)
    assert made.standing.book.in_force is not None
    assert made.standing.answers(None) == ()
    made.standing.answered.clear()
    go_on.set()
    await asyncio.wait_for(made.standing.answered.wait(), 10)
    await asyncio.sleep(0)
    (told,) = made.standing.answers(None)
    assert (told.outcome, told.config_hash) == (Outcome.APPLIED, made.applied[0].hash)
    running.cancel()


async def test_whoever_decides_and_goes_away_leaves_nothing_half_done(tmp_path: Path) -> None:
    made, go_on = Rig(tmp_path), asyncio.Event()

    async def slowly(new: Config) -> None:
        await go_on.wait()
        await made.apply(new)

    running = asyncio.create_task(made.standing.run(slowly))
    await made.desire(LINE + DEVICE + "unit = 2\n", "0" * 16)
    asked = asyncio.create_task(made.standing.decide(accept=True))
    async with asyncio.timeout(PATIENCE_S):
        while made.standing.book.starts is None:
            await asyncio.sleep(0.01)
        asked.cancel()
        go_on.set()
        while not made.applied:
            await asyncio.sleep(0.01)
    assert made.standing.config.devices[0].unit == 2
    running.cancel()


async def test_what_was_wanted_is_withdrawn_and_the_file_counts_again(rig: Rig) -> None:
    base = rig.standing.config.hash
    await rig.desire(LINE + DEVICE + "unit = 2\n", base)
    assert await rig.withdraw(2) == (Outcome.APPLIED, "")
    assert rig.standing.config.hash == base
    assert [one.devices[0].unit for one in rig.applied] == [2, 1]
    assert "agent.toml alone is in force" in rig.told[-1]
    health = rig.standing.health()
    assert (health.version, health.desired, health.outcome) == (None, 2, "applied")
    assert read_book(book_path(rig.standing.config)).in_force is None
    await rig.withdraw(2)  # it is retained
    assert len(rig.applied) == 2
    assert await rig.standing.decide(accept=True) is Decision.NOTHING_WANTED


async def test_what_never_was_in_force_is_withdrawn_without_a_word_of_the_file(rig: Rig) -> None:
    await rig.desire(LINE + DEVICE + "unit = 2\n", "0" * 16)
    assert rig.standing.health().outcome == "diverged"
    rig.file.write_text("[[[")
    assert await rig.withdraw(2) == (Outcome.APPLIED, "")
    assert rig.applied == []
    assert "in force as before" in rig.told[-1]


async def test_a_file_that_is_not_whole_is_not_gone_back_to(rig: Rig) -> None:
    await rig.desire(LINE + DEVICE + "unit = 2\n", rig.standing.config.hash)
    rig.write(LINE + DEVICE + "unit = 7\n")
    outcome, detail = await rig.withdraw(2)
    assert (outcome, "has not been read" in detail) == (Outcome.DIVERGED, True)
    rig.file.write_text("[[[")
    outcome, detail = await rig.withdraw(3)
    assert (outcome, "is not TOML" in detail) == (Outcome.REJECTED, True)
    assert rig.standing.config.devices[0].unit == 2
    rig.write(LINE + DEVICE + "unit = 7\n")  # somebody mends it, and lets it be read
    await rig.reread()
    async with asyncio.timeout(10):
        while rig.standing.config.devices[0].unit != 7:
            await asyncio.sleep(0.01)
    assert rig.standing.health().outcome == "applied"


async def test_a_withdrawal_that_is_not_on_the_disk_is_refused(rig: Rig) -> None:
    await rig.desire(LINE + DEVICE + "unit = 2\n", rig.standing.config.hash)
    file = book_path(rig.standing.config)
    file.unlink()
    file.mkdir()
    outcome, detail = await rig.withdraw(2)
    assert (outcome, detail) == (Outcome.REJECTED, "the disk of this gateway refuses it")
    assert rig.standing.config.devices[0].unit == 2


async def test_a_wish_that_was_rejected_before_this_start_is_no_news(rig: Rig) -> None:
    base = rig.standing.config.hash
    await rig.desire("[devices.a", base, version=5)
    assert (rig.standing.health().outcome, rig.standing.health().is_known) == ("rejected", False)
    source = Source(rig.file, {})
    again = Configuration(source.begin(), source, rig.told.append)
    assert (again.health().outcome, again.health().is_known) == ("rejected", True)
    running = asyncio.create_task(again.run(rig.apply))
    for version, is_known in ((5, True), (6, False), (6, True)):  # retained: it comes again
        again.answered.clear()
        again.desire(Desired(version, base, "[devices.a"))
        await asyncio.wait_for(again.answered.wait(), PATIENCE_S)
        assert (again.health().outcome, again.health().is_known) == ("rejected", is_known)
    running.cancel()


async def test_what_a_start_has_just_found_is_news(rig: Rig) -> None:
    await rig.desire(LINE + DEVICE + "unit = 2\n", rig.standing.config.hash)
    rig.write(LINE + DEVICE + "unit = 7\n")
    source = Source(rig.file, {})
    again = Configuration(source.begin(), source, rig.told.append)
    assert (again.health().outcome, again.health().is_known) == ("diverged", False)
