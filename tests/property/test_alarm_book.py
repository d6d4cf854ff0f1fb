"""P4 and P7 over the real watcher: order, doubles and crashes change no episode and no alarm."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import hypothesis.strategies as st
from hypothesis import given, settings

from ingest_server.alarm.watcher import WatcherSettings
from ingest_server.db.alarm_book import Which
from ingest_server.db.snapshot import Snapshot
from tests.alarm_rig import GAUGE, RADAR, SECOND, SMOKE, PowerCutError, Rig, device, reading
from tests.standing_clock import StandingClock
from wire.identity import SiteRules
from wire.quality import GOOD, Limit, Quality, Reason, bad, uncertain
from wire.reading import Reading
from wire.topic import Lane

T0 = StandingClock().utc_us() - 3 * 3_600 * SECOND
QUALITIES = (
    GOOD,
    GOOD,
    GOOD,
    Quality(test=True),
    uncertain(Reason.CALIBRATION),
    bad(Reason.COMM_FAILURE),
    bad(Reason.DEVICE_EXCEPTION),
    bad(Reason.OUT_OF_RANGE, Limit.HIGH),
)
POINTS = ("smoke", "smoke", "mounted", "service")


@st.composite
def a_reading(draw: st.DrawFn) -> Reading:
    """Times fall on a coarse grid over two hours, close enough to meet the rules' delays."""
    second = draw(st.integers(0, 60)) * draw(st.sampled_from((1, 7, 120)))
    quality = draw(st.sampled_from(QUALITIES))
    value = None if quality.status == "bad" else draw(st.booleans())
    point = draw(st.sampled_from(POINTS))
    return reading(T0 + second * SECOND, value, point=point, quality=quality)


@st.composite
def a_level(draw: st.DrawFn) -> Reading:
    """Of the gauge with a rule of every kind: on a grid that meets limits, deadbands and rises."""
    second = draw(st.integers(0, 60)) * draw(st.sampled_from((1, 7, 120)))
    quality = draw(st.sampled_from(QUALITIES))
    point, grid = draw(st.sampled_from((*[("level", 0.05)] * 3, ("tilt", 3.0))))
    value = None if quality.status == "bad" else draw(st.integers(0, 12)) * grid
    at_us = T0 + second * SECOND
    return reading(at_us, value, device="gauge-01", point=point, quality=quality)


def level(at_us: int, value: float | None, quality: Quality = GOOD) -> Reading:
    return reading(at_us, value, device="gauge-01", point="level", quality=quality)


def one_of_an_instant(readings: Sequence[Reading]) -> list[Reading]:
    """The gateway's times are strictly increasing per point: no two samples on one key."""
    return list({(one.point, one.time_us): one for one in readings}.values())


HISTORY = st.one_of(
    st.lists(a_reading(), min_size=1, max_size=40), st.lists(a_level(), min_size=1, max_size=40)
).map(one_of_an_instant)
BASELINE = SiteRules(None, ({"rule": "moved", "baseline": 6.0},))
DEVICES = (device(), device("gauge-01", GAUGE.id, site=BASELINE))
Batches = list[list[Reading]]


def in_order(history: Sequence[Reading]) -> Batches:
    return [sorted(history, key=lambda one: (one.time_us, one.point))]


@st.composite
def shuffled(draw: st.DrawFn) -> tuple[list[Reading], Batches]:
    """A history, and the same cut into entries that come in any order, some of them twice."""
    history = draw(HISTORY)
    mixed = list(draw(st.permutations(history)))
    cuts = sorted(draw(st.lists(st.integers(0, len(mixed)), max_size=6)))
    parts = [mixed[a:b] for a, b in zip([0, *cuts], [*cuts, len(mixed)], strict=True)]
    doubled = [part for part in parts if draw(st.booleans())]
    return history, [part for part in parts + doubled if part]


async def feed(rig: Rig, batches: Batches, *, each: bool) -> None:
    await rig.birth(*DEVICES)
    for number, batch in enumerate(batches):
        lane = Lane.URGENT if number % 3 else Lane.BULK
        await rig.send(*batch, lane=lane)
        if each:
            await rig.watch()
    if not each:
        return
    await rig.hear(T0 + 2 * 3_600 * SECOND)
    await rig.watch()


async def run_to_episodes(batches: Batches) -> list[tuple[object, ...]]:
    with TemporaryDirectory() as folder:
        async with Rig(Path(folder)) as rig:
            await feed(rig, batches, each=True)
            return await rig.episodes()


@settings(max_examples=40)
@given(shuffled())
def test_the_same_readings_give_the_same_episodes(case: tuple[list[Reading], Batches]) -> None:
    history, batches = case
    expected = asyncio.run(run_to_episodes(in_order(history)))
    assert asyncio.run(run_to_episodes(batches)) == expected


async def run_live(history: Sequence[Reading]) -> list[tuple[object, ...]]:
    """One reading after the other, each with the word that all is complete so far."""
    with TemporaryDirectory() as folder:
        async with Rig(Path(folder)) as rig:
            await rig.birth(*DEVICES)
            for one in in_order(history)[0]:
                await rig.hear(one.time_us - 1)
                await rig.watch()
                await rig.send(one)
                await rig.watch()
            await rig.hear(T0 + 2 * 3_600 * SECOND)
            await rig.watch()
            return await rig.episodes()


@settings(max_examples=25)
@given(HISTORY)
def test_live_and_all_at_once_give_the_same_episodes(history: list[Reading]) -> None:
    expected = asyncio.run(run_to_episodes(in_order(history)))
    assert asyncio.run(run_live(history)) == expected


async def run_with_backlog(history: Sequence[Reading], share: float) -> list[tuple[object, ...]]:
    """What is newer comes first, as it is taken, each with the word of its epoch; then the rest."""
    ordered = in_order(history)[0]
    cut = int(len(ordered) * share)
    since = ordered[cut - 1].time_us + 1 if cut else T0
    older = [one for one in ordered if one.time_us < since]
    with TemporaryDirectory() as folder:
        async with Rig(Path(folder)) as rig:
            await rig.birth(*DEVICES)
            for one in ordered[len(older) :]:
                await rig.hear(None, live=(since, one.time_us - 1))
                await rig.watch()
                await rig.send(one)
                await rig.watch()
            await rig.hear(None, live=(since, T0 + 3_600 * SECOND))
            await rig.watch()
            for one in older:
                await rig.send(one, lane=Lane.BULK)
                await rig.watch()
            await rig.hear(T0 + 2 * 3_600 * SECOND)
            await rig.watch()
            return await rig.episodes()


@settings(max_examples=25)
@given(HISTORY, st.floats(0, 1))
def test_time_that_the_epoch_of_now_proves_gives_the_same_episodes(
    history: list[Reading], share: float
) -> None:
    expected = asyncio.run(run_to_episodes(in_order(history)))
    assert asyncio.run(run_with_backlog(history, share)) == expected


async def run_with_cuts(batches: Batches, cuts: Sequence[int]) -> list[Snapshot]:
    """All that the outbox was told, in order; each cut is a crash after so many revisions."""
    with TemporaryDirectory() as folder:
        small = WatcherSettings(urgent_slice=1, bulk_slice=1)
        async with Rig(Path(folder), settings=small) as rig:
            await feed(rig, batches, each=False)
            for cut in cuts:
                rig.outbox.cut = cut
                try:
                    await rig.watch()
                except PowerCutError:
                    rig.watcher = rig.new_watcher()
            rig.outbox.cut = None
            await rig.watch()
            revisions = await rig.rows("SELECT count(*) FROM revision")
            told = await rig.told()
            assert revisions == [(len(told),)]
            return told


@settings(max_examples=25)
@given(shuffled(), st.lists(st.integers(0, 3), min_size=1, max_size=5))
def test_a_crash_before_the_commit_changes_nothing(
    case: tuple[list[Reading], Batches], cuts: list[int]
) -> None:
    _, batches = case
    assert asyncio.run(run_with_cuts(batches, cuts)) == asyncio.run(run_with_cuts(batches, []))


async def watch_each(batches: Batches) -> None:
    """After each pass: no latched hazard has gone, no revision was skipped or rewritten."""
    with TemporaryDirectory() as folder:
        async with Rig(Path(folder)) as rig:
            await rig.birth(*DEVICES)
            paged: set[str] = set()
            for batch in batches:
                await rig.send(*batch)
                await rig.watch()
                still_open = {one.alarm_id for one in await rig.alarms(Which.OPEN)}
                assert paged <= still_open
                paged |= {one.alarm_id for one in await rig.told() if one.latched}
            numbers: dict[str, int] = {}
            for one in await rig.told():
                assert one.revision == numbers.get(one.alarm_id, 0) + 1
                numbers[one.alarm_id] = one.revision


@settings(max_examples=25)
@given(shuffled())
def test_what_was_paged_and_latched_is_never_withdrawn(
    case: tuple[list[Reading], Batches],
) -> None:
    asyncio.run(watch_each(case[1]))


@settings(max_examples=15)
@given(
    st.lists(st.sampled_from([one for one in QUALITIES if one.status == "bad"]), max_size=12),
    st.booleans(),
)
def test_bad_and_missing_never_clear(qualities: list[Quality], backwards: bool) -> None:
    async def scene() -> None:
        with TemporaryDirectory() as folder:
            async with Rig(Path(folder)) as rig:
                await rig.birth(*DEVICES)
                await rig.send(reading(T0, value=True))
                await rig.watch()
                await rig.send(level(T0, 0.0), level(T0 + 1, 0.6))
                await rig.watch()
                order = list(enumerate(qualities, 1))
                for number, quality in reversed(order) if backwards else order:
                    at_us = T0 + number * SECOND
                    await rig.send(reading(at_us, None, quality=quality))
                    await rig.send(level(at_us, None, quality))
                    await rig.watch()
                active = {one.rule for one in await rig.alarms() if one.active}
                assert active >= {"smoke", "flood_close", "flood_nobody", "rising"}

    asyncio.run(scene())


def test_the_profiles_have_a_latched_hazard_to_try() -> None:
    assert all(any(rule.latched for rule in profile.rules) for profile in (SMOKE, RADAR, GAUGE))
