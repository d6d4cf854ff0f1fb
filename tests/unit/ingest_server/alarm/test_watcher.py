"""The watcher on real files: how readings become alarms, and what is told of them."""

from ingest_server.alarm.operate import Order, reset
from ingest_server.db.snapshot import Change, EventType
from tests.alarm_rig import GAUGE, HOUR, SECOND, Rig, changes, device, reading
from wire.identity import SiteRules
from wire.quality import GOOD, Limit, Quality, Reason, bad
from wire.reading import Reading
from wire.topic import Lane


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
    alarm = await rig.one("smoke")
    assert (alarm.active, alarm.latched, alarm.closed) == (False, True, False)
    await rig.acknowledge_all()
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
    assert (await rig.one("flood_notice")).active


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
    assert (await rig.one("flood_close")).active
    await rig.hear(t0 + 21 * SECOND)
    await rig.watch()
    closed = await rig.one("flood_close")
    assert (closed.active, closed.until) == (False, t0 + 21 * SECOND)


async def test_a_rise_is_found_across_batches_and_a_restart(rig: Rig) -> None:
    t0 = rig.clock.utc_us()
    await rig.birth(device("gauge-01", GAUGE.id))
    for minute, metres in enumerate((0.02, 0.03, 0.05, 0.07)):
        await rig.send(level(t0 + 60 * minute * SECOND, metres))
        await rig.watch()
        rig.watcher = rig.new_watcher()
    rising = await rig.one("rising")
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
    assert not (await rig.one("moved_unset")).active
    await rig.send(*tilts(t0 + 20 * SECOND, 60.0, 60.0, 60.0))
    await rig.watch()
    moved = await rig.one("moved")
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
    assert (await rig.one("smoke")).active


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
    alarm = await rig.one("smoke")
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
    assert (await rig.one("unreadable")).active
    await rig.send(reading(t0 + 5 * SECOND, value=False))
    await rig.watch()
    assert (await rig.one("unreadable")).active
    assert [row[3] for row in await rig.rows("SELECT * FROM episode WHERE withdrawn = 1")] == [
        t0 + 10 * SECOND
    ]
    await rig.send(reading(t0 + 12 * SECOND, value=False))
    await rig.watch()
    assert not (await rig.one("unreadable")).active


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


async def test_a_real_alarm_after_a_test_is_told_as_real(rig: Rig) -> None:
    t0 = rig.clock.utc_us()
    test = Quality(test=True)
    await rig.birth(device())
    await rig.send(reading(t0, value=True, quality=test))
    await rig.watch()
    assert (await rig.one("smoke")).test
    await rig.send(reading(t0 + SECOND, value=True))
    await rig.watch()
    told = (await rig.told())[-1]
    assert (told.test, told.active, told.announces) == (False, True, True)


async def test_a_silent_device_is_told_although_older_rows_are_still_to_come(rig: Rig) -> None:
    """Its gateway began anew at `since`; a broken buffer comes in there, or a backlog leaves."""
    t0 = rig.clock.utc_us()
    await rig.birth(device())
    await rig.send(reading(t0, value=False))
    since = t0 + 300 * SECOND
    for seconds, told in ((29, 0), (36, 1)):
        await rig.hear(None, live=(since, since + seconds * SECOND))
        await rig.watch()
        assert len(await rig.alarms()) == told
    assert (await rig.one("offline")).since == t0 + 30 * SECOND
    await rig.send(reading(since - 10 * SECOND, value=False))  # it lived until then
    await rig.watch()
    alarm = await rig.one("offline")
    assert (alarm.active, alarm.since) == (True, t0 + 30 * SECOND)  # as it was paged
    rows = await rig.rows("SELECT start_us, end_us FROM episode WHERE rule = 'offline'")
    broken_us = since - 10 * SECOND
    assert rows == [(t0 + 30 * SECOND, broken_us), (broken_us + 30 * SECOND, None)]  # as it was


async def test_a_device_that_speaks_in_the_epoch_of_now_is_judged_from_there(rig: Rig) -> None:
    t0 = rig.clock.utc_us()
    await rig.birth(device())
    await rig.send(reading(t0 + 10 * SECOND, value=False))
    for seconds, told in ((44, 0), (46, 1)):  # the bulk lane is silent: five seconds later
        await rig.hear(None, live=(t0, t0 + seconds * SECOND))
        await rig.watch()
        assert len(await rig.alarms()) == told
    await rig.send(reading(t0 - HOUR, value=False), reading(t0 - HOUR + SECOND, value=False))
    await rig.watch()
    running = [one for one in await rig.alarms() if one.active]
    assert [(one.rule, one.since) for one in running] == [("offline", t0 + 40 * SECOND)]
