import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest

from alarm_rules.rule import Severity
from ingest_server.alarm.operate import Order, acknowledge, reset
from ingest_server.alarm.watcher import WatcherSettings
from ingest_server.db.alarm_book import Which, migrate_book
from ingest_server.db.cursor import Cursor, write_cursor
from ingest_server.db.snapshot import Change, EventType, Snapshot
from runtime.database import Database, Work
from tests.alarm_rig import GATEWAY, GAUGE, SECOND, PowerCutError, Rig, changes, device, reading
from wire.identity import Presence, SiteRules, Status
from wire.quality import GOOD, Limit, Quality, Reason, bad
from wire.reading import Reading
from wire.topic import Lane

T = TypeVar("T")
HOUR = 3_600 * SECOND


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with Rig(tmp_path) as rig:
        yield rig


async def acknowledge_all(rig: Rig) -> None:
    for alarm in await rig.alarms(Which.OPEN):
        order = Order(alarm.alarm_id, "li", None, rig.clock.utc_us())
        await rig.book.transact(partial(acknowledge, order=order, enqueue=rig.outbox))


async def one(rig: Rig, rule: str) -> Snapshot:
    (alarm,) = [alarm for alarm in await rig.alarms() if alarm.rule == rule]
    return alarm


async def test_smoke_pages_once_and_stays_until_acknowledged_and_reset(rig: Rig) -> None:
    t0 = rig.clock.utc_us()
    await rig.birth(device())
    await rig.send(reading(t0 - SECOND, value=False), reading(t0, value=True))
    await rig.watch()
    (paged,) = await rig.told()
    assert (paged.change, paged.event, paged.announces) == (
        Change.ACTIVATED,
        EventType.RAISED,
        True,
    )
    assert (paged.since, paged.late, paged.place, paged.value) == (t0, False, "tunnel-3", True)
    await rig.send(reading(t0 + 5 * SECOND, value=False))
    await rig.watch()
    alarm = await one(rig, "smoke")
    assert (alarm.active, alarm.latched, alarm.closed) == (False, True, False)
    await acknowledge_all(rig)
    order = Order(alarm.alarm_id, "li", "looked", rig.clock.utc_us())
    await rig.book.transact(lambda book: reset(book, order, rig.outbox))
    assert changes(await rig.told()) == [
        "smoke: activated/alarm.raised",
        "smoke: returned/alarm.cleared",
        "smoke: acknowledged/alarm.changed",
        "smoke: reset/alarm.closed",
    ]


async def test_a_latched_hazard_found_over_pages_late_and_stays_latched(rig: Rig) -> None:
    t0 = rig.clock.utc_us() - 2 * HOUR
    await rig.birth(device())
    await rig.send(
        reading(t0, value=False),
        reading(t0 + SECOND, value=True),
        reading(t0 + 9 * SECOND, value=False),
    )
    await rig.watch()
    (paged,) = await rig.told()
    assert (paged.change, paged.event, paged.announces) == (Change.OVER, EventType.RAISED, True)
    assert (paged.active, paged.latched, paged.late) == (False, True, True)
    assert paged.age_us == 2 * HOUR - SECOND
    assert paged.until == t0 + 9 * SECOND


def level(at_us: int, metres: float | None, quality: Quality = GOOD) -> Reading:
    return reading(at_us, metres, device="gauge-01", point="level", quality=quality)


async def test_each_severity_sounds_as_the_water_rises_and_none_as_it_falls(rig: Rig) -> None:
    t0 = rig.clock.utc_us()
    await rig.birth(device("gauge-01", GAUGE.id))
    for minute, metres in enumerate((0.0, 0.16, 0.3, 0.6, 0.3, 0.2)):
        await rig.send(level(t0 + 400 * minute * SECOND, metres))
        await rig.hear(t0 + 400 * (minute + 1) * SECOND - 1)
        await rig.watch()
    floods = [one for one in await rig.told() if one.rule.startswith("flood")]
    assert [(one.rule, one.change, one.announces, one.limit) for one in floods] == [
        ("flood_notice", Change.ACTIVATED, True, 0.15),
        ("flood_close", Change.ACTIVATED, True, 0.25),
        ("flood_nobody", Change.ACTIVATED, True, 0.5),
        ("flood_nobody", Change.RETURNED, False, 0.5),
        ("flood_close", Change.RETURNED, False, 0.25),
    ]
    assert (await one(rig, "flood_notice")).active


async def test_a_flood_at_once_sounds_once_by_its_worst_severity(rig: Rig) -> None:
    t0 = rig.clock.utc_us()
    await rig.birth(device("gauge-01", GAUGE.id))
    await rig.send(level(t0, 0.0), level(t0 + SECOND, 0.6), level(t0 + 10 * SECOND, 0.6))
    await rig.watch()
    told = await rig.told()
    assert [(one.rule, one.announces) for one in told] == [
        ("flood_nobody", True),
        ("flood_close", False),
        ("rising", True),
        ("flood_notice", False),
    ]


async def test_an_off_delay_ends_by_the_word_that_all_is_here(rig: Rig) -> None:
    t0 = rig.clock.utc_us()
    await rig.birth(device("gauge-01", GAUGE.id))
    await rig.send(level(t0, 0.3), level(t0 + SECOND, 0.1))
    await rig.hear(t0 + 20 * SECOND)
    await rig.watch()
    assert (await one(rig, "flood_close")).active
    await rig.hear(t0 + 21 * SECOND)
    await rig.watch()
    closed = await one(rig, "flood_close")
    assert (closed.active, closed.until) == (False, t0 + 21 * SECOND)


async def test_a_rise_is_found_across_batches_and_a_restart(rig: Rig) -> None:
    t0 = rig.clock.utc_us()
    await rig.birth(device("gauge-01", GAUGE.id))
    for minute, metres in enumerate((0.02, 0.03, 0.05, 0.07)):
        await rig.send(level(t0 + 60 * minute * SECOND, metres))
        await rig.watch()
        rig.watcher = rig.new_watcher()
    rising = await one(rig, "rising")
    assert (rising.since, rising.limit, rising.value) == (t0 + 180 * SECOND, 0.05, 0.07)


async def test_saturated_fires_every_severity_though_there_is_no_value(rig: Rig) -> None:
    await rig.birth(device("gauge-01", GAUGE.id))
    await rig.send(level(rig.clock.utc_us(), None, bad(Reason.OUT_OF_RANGE, Limit.HIGH)))
    await rig.watch()
    active = {one.rule for one in await rig.alarms() if one.active}
    assert active == {"flood_close", "flood_nobody", "rising"}, "the notice waits for its delay"


def tilts(t0: int, *degrees: float) -> list[Reading]:
    return [
        reading(t0 + number * SECOND, value, device="gauge-01", point="tilt")
        for number, value in enumerate(degrees)
    ]


async def test_a_missing_baseline_is_sensor_health_until_it_is_set(rig: Rig) -> None:
    t0 = rig.clock.utc_us()
    await rig.birth(device("gauge-01", GAUGE.id))
    await rig.send(*tilts(t0, 40.0, 40.0, 40.0, 40.0))
    await rig.watch()
    (unset,) = await rig.alarms()
    assert (unset.rule, unset.alarm_class, unset.active) == ("moved_unset", "sensor_health", True)
    site = SiteRules(None, ({"rule": "moved", "baseline": 39.0},))
    await rig.birth(device("gauge-01", GAUGE.id, site=site), connection=2)
    await rig.send(*tilts(t0 + 10 * SECOND, 40.0, 40.0, 40.0))
    await rig.watch()
    assert not (await one(rig, "moved_unset")).active
    await rig.send(*tilts(t0 + 20 * SECOND, 60.0, 60.0, 60.0))
    await rig.watch()
    moved = await one(rig, "moved")
    assert (moved.active, moved.latched, moved.life_safety) == (True, True, True)


async def test_a_device_is_judged_by_the_rules_of_its_site(rig: Rig) -> None:
    site = SiteRules("underpass", ({"rule": "flood_notice", "limit": 0.1, "on_delay": 0},))
    await rig.birth(device("gauge-01", GAUGE.id, site=site))
    await rig.send(level(rig.clock.utc_us(), 0.21))
    await rig.watch()
    limits = {one.rule: one.limit for one in await rig.alarms()}
    assert limits == {"flood_notice": 0.1, "flood_close": 0.2}, "and no profile_mismatch"


async def test_an_ordinary_episode_already_over_is_delivered_once_as_over(rig: Rig) -> None:
    t0 = rig.clock.utc_us()
    await rig.birth(device())
    await rig.send(
        reading(t0, value=True, point="service"),
        reading(t0 + SECOND, value=False, point="service"),
        lane=Lane.BULK,
    )
    await rig.watch()
    await rig.watch()
    (told,) = await rig.told()
    assert (told.change, told.event, told.closed) == (Change.OVER, EventType.CLOSED, True)


async def test_bad_and_missing_never_clear(rig: Rig) -> None:
    t0 = rig.clock.utc_us()
    await rig.birth(device())
    await rig.send(reading(t0, value=True))
    await rig.watch()
    await rig.send(reading(t0 + SECOND, None, quality=bad(Reason.COMM_FAILURE)))
    await rig.hear(t0 + 20 * SECOND)
    await rig.watch()
    assert (await one(rig, "smoke")).active


async def test_doubled_samples_change_nothing(rig: Rig) -> None:
    t0 = rig.clock.utc_us()
    await rig.birth(device())
    for _ in range(3):
        await rig.send(reading(t0, value=False), reading(t0 + SECOND, value=True))
        await rig.watch()
    assert len(await rig.told()) == 1


async def test_late_samples_add_an_episode_and_do_not_clear(rig: Rig) -> None:
    t0 = rig.clock.utc_us()
    await rig.birth(device())
    await rig.send(reading(t0, value=True))
    await rig.send(reading(t0 + 20 * SECOND, value=True))
    await rig.watch()
    await rig.send(reading(t0 + 10 * SECOND, value=False))
    await rig.watch()
    alarm = await one(rig, "smoke")
    assert alarm.active
    assert await rig.episodes() == [
        ("smoke-01", "smoke", t0, t0 + 10 * SECOND),
        ("smoke-01", "smoke", t0 + 20 * SECOND, None),
    ]
    assert changes(await rig.told())[-1] == "smoke: extended/alarm.changed"


async def test_what_was_paged_on_partial_data_stays_until_a_good_sample_ends_it(rig: Rig) -> None:
    """`unreadable` waits 10 s: a late good sample in between takes its ground away."""
    t0 = rig.clock.utc_us()
    broken = bad(Reason.DEVICE_EXCEPTION)
    await rig.birth(device())
    await rig.send(
        reading(t0, None, quality=broken), reading(t0 + 11 * SECOND, None, quality=broken)
    )
    await rig.watch()
    assert (await one(rig, "unreadable")).active
    await rig.send(reading(t0 + 5 * SECOND, value=False))
    await rig.watch()
    assert (await one(rig, "unreadable")).active
    assert [row[3] for row in await rig.rows("SELECT * FROM episode WHERE withdrawn = 1")] == [
        t0 + 10 * SECOND
    ]
    await rig.send(reading(t0 + 12 * SECOND, value=False))
    await rig.watch()
    assert not (await one(rig, "unreadable")).active


async def test_readings_of_an_unnamed_device_are_held_and_judged_at_its_birth(rig: Rig) -> None:
    t0 = rig.clock.utc_us()
    await rig.send(reading(t0, value=True))
    await rig.watch()
    assert await rig.told() == []
    await rig.birth(device())
    await rig.watch()
    assert changes(await rig.told()) == ["smoke: activated/alarm.raised"]


async def test_another_profile_or_other_rules_are_sensor_health(rig: Rig) -> None:
    await rig.birth(device(rules="f" * 16), device("gas-01", profile="unheard_of"))
    await rig.send(reading(rig.clock.utc_us(), value=True))
    await rig.watch()
    told = {(alarm.device, alarm.rule): alarm.value for alarm in await rig.told()}
    assert told == {
        ("smoke-01", "profile_mismatch"): "other_rules",
        ("gas-01", "profile_mismatch"): "unknown_profile",
        ("smoke-01", "smoke"): True,
    }
    await rig.birth(device(), connection=2)
    await rig.watch()
    states = {(a.device, a.rule): a.active for a in await rig.alarms()}
    assert states["smoke-01", "profile_mismatch"] is False


async def test_absence_of_a_device_comes_with_complete_through(rig: Rig) -> None:
    t0 = rig.clock.utc_us()
    await rig.birth(device())
    await rig.send(reading(t0, value=False))
    for second in range(0, 41, 10):
        await rig.hear(t0 + second * SECOND)
        await rig.watch()
        assert (await rig.alarms() != []) is (second > 30)
        rig.clock.advance(10 * SECOND)
    assert (await one(rig, "offline")).since == t0 + 30 * SECOND
    await rig.send(reading(t0 + 50 * SECOND, value=False))
    await rig.watch()
    assert not (await one(rig, "offline")).active


async def test_a_device_never_heard_is_absent_since_its_birth(rig: Rig) -> None:
    t0 = rig.clock.utc_us()
    await rig.birth(device())
    await rig.hear(t0)
    await rig.watch()
    rig.clock.advance(20 * SECOND)
    await rig.hear(t0 + 20 * SECOND)
    await rig.watch()
    rig.clock.advance(20 * SECOND)
    await rig.hear(t0 + 40 * SECOND)
    await rig.watch()
    assert (await one(rig, "offline")).since == t0 + 30 * SECOND


async def test_a_silent_gateway_is_one_alarm_and_hides_the_absence_of_its_devices(rig: Rig) -> None:
    t0 = rig.clock.utc_us()
    await rig.birth(device())
    await rig.send(reading(t0, value=False))
    await rig.hear(t0)
    await rig.watch()
    rig.clock.advance(31 * SECOND)
    await rig.watch()
    await rig.watch()
    assert changes(await rig.told()) == ["gateway_silent: activated/alarm.raised"]
    rig.clock.advance(300 * SECOND)
    await rig.hear(rig.clock.utc_us())
    await rig.watch()
    assert changes(await rig.told())[1:] == ["gateway_silent: returned/alarm.cleared"]
    hidden = await one(rig, "offline")
    assert (hidden.active, hidden.suppressed) == (True, True)
    for _ in range(7):
        rig.clock.advance(10 * SECOND)
        await rig.hear(rig.clock.utc_us())
        await rig.watch()
    assert changes(await rig.told())[2:] == ["offline: unsuppressed/alarm.raised"]


async def test_absence_that_was_only_the_gateways_is_recorded_and_not_told(rig: Rig) -> None:
    t0 = rig.clock.utc_us()
    await rig.birth(device())
    await rig.send(reading(t0, value=False))
    await rig.hear(t0)
    await rig.watch()
    rig.clock.advance(300 * SECOND)
    await rig.watch()
    await rig.hear(rig.clock.utc_us())
    await rig.send(reading(rig.clock.utc_us(), value=False))
    await rig.watch()
    rig.clock.advance(61 * SECOND)
    await rig.watch()
    hidden = await one(rig, "offline")
    assert (hidden.suppressed, hidden.closed) == (True, True)
    assert {told.rule for told in await rig.told()} == {"gateway_silent"}


async def test_a_gateway_lost_after_a_hazard_escalates_it(rig: Rig) -> None:
    t0 = rig.clock.utc_us()
    await rig.birth(device())
    await rig.send(reading(t0, value=True))
    await rig.hear(t0)
    await rig.watch()
    await acknowledge_all(rig)
    rig.clock.advance(31 * SECOND)
    await rig.watch()
    assert changes(await rig.told())[-1] == "smoke: escalated/alarm.changed"
    alarm = await one(rig, "smoke")
    assert (alarm.severity, alarm.acknowledged) == (Severity.CRITICAL, False)


async def test_while_the_broker_is_away_no_gateway_is_judged(rig: Rig) -> None:
    await rig.birth(device())
    await rig.hear(rig.clock.utc_us())
    await rig.watch()
    rig.reachable_us = None
    await rig.watch()
    rig.clock.advance(31 * SECOND)
    await rig.watch()
    assert changes(await rig.told()) == ["broker_away: activated/alarm.raised"]
    rig.reachable_us = rig.clock.utc_us()
    await rig.watch()
    rig.clock.advance(29 * SECOND)
    await rig.watch()
    assert changes(await rig.told())[1:] == ["broker_away: returned/alarm.cleared"]
    rig.clock.advance(2 * SECOND)
    await rig.watch()
    assert changes(await rig.told())[2:] == ["gateway_silent: activated/alarm.raised"]


async def test_a_step_of_the_servers_clock_silences_nobody_and_nothing(rig: Rig) -> None:
    await rig.birth(device())
    await rig.hear(rig.clock.utc_us())
    await rig.watch()
    rig.clock.step(HOUR)
    await rig.watch()
    assert await rig.told() == []
    rig.clock.step(-3 * HOUR)
    rig.clock.advance(31 * SECOND)
    await rig.watch()
    assert changes(await rig.told()) == ["gateway_silent: activated/alarm.raised"]


async def test_two_gateways_with_one_id_are_one_latched_alarm(rig: Rig) -> None:
    await rig.birth(device())
    await rig.hear(None, clones=1)
    await rig.watch()
    await rig.hear(None, clones=2)
    await rig.watch()
    assert changes(await rig.told()) == ["two_gateways_one_id: activated/alarm.raised"]
    for _ in range(31):
        rig.clock.advance(20 * SECOND)
        await rig.hear(None, clones=2)
        await rig.watch()
    alarm = await one(rig, "two_gateways_one_id")
    assert (alarm.active, alarm.latched) == (False, True)


async def test_a_real_alarm_after_a_test_is_told_as_real(rig: Rig) -> None:
    t0 = rig.clock.utc_us()
    test = Quality(test=True)
    await rig.birth(device())
    await rig.send(reading(t0, value=True, quality=test))
    await rig.watch()
    assert (await one(rig, "smoke")).test
    await rig.send(reading(t0 + SECOND, value=True))
    await rig.watch()
    told = (await rig.told())[-1]
    assert (told.test, told.active, told.announces) == (False, True, True)


async def test_urgent_goes_before_a_bulk_backlog(tmp_path: Path) -> None:
    async with Rig(tmp_path, settings=WatcherSettings(bulk_slice=1)) as rig:
        t0 = rig.clock.utc_us()
        await rig.birth(device())
        for second in range(30):
            await rig.send(
                reading(t0 + second * SECOND, value=False, point="service"), lane=Lane.BULK
            )
        await rig.send(reading(t0, value=True))
        assert await rig.watcher.pass_once()
        assert changes(await rig.told()) == ["smoke: activated/alarm.raised"]


async def test_a_crash_before_the_commit_repeats_the_pass_with_the_same_result(rig: Rig) -> None:
    t0 = rig.clock.utc_us()
    await rig.birth(device())
    await rig.send(reading(t0, value=True))
    rig.outbox.cut = 0
    with pytest.raises(PowerCutError):
        await rig.watch()
    assert await rig.alarms() == []
    rig.outbox.cut = None
    rig.watcher = rig.new_watcher()
    await rig.watch()
    assert changes(await rig.told()) == ["smoke: activated/alarm.raised"]


async def test_an_entry_that_breaks_the_judging_is_left_out_and_counted(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    t0 = rig.clock.utc_us()
    await rig.birth(device())
    await rig.watch()
    await rig.send(reading(t0, value=True))
    await rig.send(reading(t0 + SECOND, value=True, device="smoke-02"))
    await rig.book.transact(
        lambda book: book.execute(
            "CREATE TRIGGER poison BEFORE INSERT ON held BEGIN SELECT raise(ABORT, 'poison'); END"
        )
    )
    with caplog.at_level(logging.CRITICAL):
        await rig.watch()
    assert changes(await rig.told()) == ["smoke: activated/alarm.raised"]
    assert await rig.rows("SELECT * FROM not_evaluated") == [(GATEWAY, "entry_failed", 1)]


async def test_the_loop_wakes_by_event_and_stops_when_cancelled(rig: Rig) -> None:
    rig.settings = replace(rig.settings, poll_s=30.0)
    rig.watcher = rig.new_watcher()
    await rig.birth(device())
    async with asyncio.TaskGroup() as group:
        task = group.create_task(rig.watcher.run())
        await asyncio.sleep(0.02)
        await rig.send(reading(rig.clock.utc_us(), value=True))
        rig.wake.set()
        async with asyncio.timeout(5):
            while not await rig.told():
                await asyncio.sleep(0.005)
        task.cancel()


async def test_a_status_entry_is_taken(rig: Rig) -> None:
    await rig.status(Status(Presence.ONLINE, "b-1", 2))
    await rig.status(Status(Presence.OFFLINE, "b-1", 1))
    await rig.watch()
    assert await rig.rows("SELECT presence FROM gateway") == [("online",)]


async def test_a_journal_that_was_replaced_is_read_from_its_start(rig: Rig) -> None:
    await rig.book.transact(lambda book: write_cursor(book, Cursor.URGENT, 1_000))
    await rig.birth(device())
    await rig.send(reading(rig.clock.utc_us(), value=True))
    await rig.watch()
    assert changes(await rig.told()) == ["smoke: activated/alarm.raised"]
    assert await rig.rows("SELECT entry FROM cursor") == [(2,)]


async def test_a_database_that_fails_is_tried_again(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    rig.settings = replace(rig.settings, retry_s=0.01, poll_s=0.01)
    rig.watcher = rig.new_watcher()
    await rig.journal.transact(lambda journal: journal.execute("ALTER TABLE entry RENAME TO gone"))
    with caplog.at_level(logging.CRITICAL):
        async with asyncio.TaskGroup() as group:
            task = group.create_task(rig.watcher.run())
            await asyncio.sleep(0.03)
            await rig.journal.transact(
                lambda journal: journal.execute("ALTER TABLE gone RENAME TO entry")
            )
            await rig.birth(device())
            await rig.send(reading(rig.clock.utc_us(), value=True))
            async with asyncio.timeout(5):
                while not await rig.told():
                    await asyncio.sleep(0.005)
            task.cancel()


async def test_trouble_is_shown_while_it_lasts_and_a_broken_file_ends_the_program(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    rig.settings = replace(rig.settings, retry_s=0.001, poll_s=0.001)
    book, rig.book = rig.book, Failing(rig.folder / "book.db", migrate_book)
    rig.watcher, rig.book = rig.new_watcher(), book
    with (
        caplog.at_level(logging.CRITICAL),
        pytest.raises(sqlite3.DatabaseError, match=f"error {sqlite3.SQLITE_CORRUPT}"),
    ):
        await rig.watcher.run()
    assert rig.watcher.trouble == "error 5"


class Failing(Database):
    """Busy at first, then damaged."""

    codes = iter((sqlite3.SQLITE_BUSY, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_CORRUPT))

    async def read(self, _work: Work[T]) -> T:
        code = next(self.codes)
        error = sqlite3.DatabaseError(f"error {code}")
        error.sqlite_errorcode = code
        raise error


async def test_a_backlog_of_large_batches_is_taken_in_slices_of_readings(rig: Rig) -> None:
    """A pass that took 200 entries of 5 000 readings each would look like a loop that hangs."""
    t0 = rig.clock.utc_us()
    rig.settings = WatcherSettings(urgent_readings=10)
    await rig.birth(device())
    for batch in range(4):
        at_us = t0 + 10 * batch * SECOND
        await rig.send(*(reading(at_us + one * SECOND, value=False) for one in range(10)))
    watcher = rig.new_watcher()
    taken = []
    while await watcher.pass_once():
        taken.append((await rig.rows("SELECT count(*) FROM sample"))[0][0])
    assert taken == [10, 20, 30, 40]


async def test_a_gateway_that_was_born_and_then_says_nothing_is_silent(rig: Rig) -> None:
    """Its journal may also have been lost, and with it every trace of its urgent lane."""
    await rig.birth(device())
    await rig.watch()
    rig.clock.advance(31 * SECOND)
    await rig.watch()
    assert (await one(rig, "gateway_silent")).active
    await rig.hear(rig.clock.utc_us())
    await rig.watch()
    assert not (await one(rig, "gateway_silent")).active


async def test_one_gateway_that_can_not_be_judged_hides_the_silence_of_no_other(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    await rig.birth(device())
    await rig.birth(device("smoke-09"), gateway="gw-poison")
    await rig.hear(rig.clock.utc_us())
    await rig.watch()
    await rig.book.transact(
        lambda book: book.execute(
            "CREATE TRIGGER poison BEFORE INSERT ON evaluation WHEN new.gateway = 'gw-poison'"
            " BEGIN SELECT raise(ABORT, 'poison'); END"
        )
    )
    rig.clock.advance(HOUR)
    await rig.hear(rig.clock.utc_us(), gateway="gw-poison")
    with caplog.at_level(logging.CRITICAL):
        await rig.watch()
    silent = [one.gateway for one in await rig.alarms() if one.rule == "gateway_silent"]
    assert silent == [GATEWAY]
