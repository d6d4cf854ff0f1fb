"""Two hours of backlog, shuffled and doubled, give the same alarm book as live (issue 4, P4)."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from alarm_rules.in_force import in_force
from alarm_rules.rule import hazard_points
from alarm_rules.set_point import set_points, voting_points
from edge_agent.exchange import Sample
from edge_agent.poll.report_filter import PointPolicy, ReportFilter, ReportPolicy
from ingest_server.db.alarm_book import Which
from tests.alarm_rig import GAUGE, SECOND, SMOKE, Rig, device
from tests.standing_clock import StandingClock
from wire.identity import SiteRules
from wire.quality import GOOD, Limit, Quality, Reason, bad, uncertain
from wire.reading import Reading, Value
from wire.topic import Lane

T0 = 1_795_000_000 * SECOND
HOURS_S = 2 * 3_600
SITE = SiteRules(
    "underpass",
    (
        {"rule": "moved", "baseline": 3.0},
        {"rule": "flood_notice", "limit": 0.12, "off_delay": 30 * SECOND},
    ),
)
DEVICES = (device("gauge-01", GAUGE.id, site=SITE), device("smoke-01"))
BATCH_S = 20
POLL_S = 2


@dataclass(frozen=True, slots=True)
class Word:
    """One batch: what a lane had to say of its seconds."""

    lane: Lane
    through_us: int
    readings: tuple[Reading, ...]


def level(second: int, dice: Random) -> float:
    """A flood that rises within ten minutes, hangs about the set points, and drains slowly."""
    course = ((0, 0.02), (1_500, 0.02), (2_100, 0.56), (2_700, 0.45), (3_600, 0.24), (4_800, 0.01))
    for (start, low), (end, high) in pairwise(course):
        if start <= second < end:
            return low + (high - low) * (second - start) / (end - start) + dice.gauss(0, 0.004)
    return 0.01 + dice.choice((0.0, 0.0, 0.001))


def tilt(second: int, dice: Random) -> float:
    moved = 40.0 if 5_000 <= second < 5_600 else 0.0
    blow = 30.0 if dice.random() < 0.002 else 0.0  # one sample is no cover that was moved
    return 3.0 + moved + blow + dice.gauss(0, 0.3)


def trouble(second: int, dice: Random) -> Quality:
    """Now and then doubt, a bad sample, a spell of test mode, saturation at the crest."""
    if 2_060 <= second < 2_110:
        return bad(Reason.OUT_OF_RANGE, Limit.HIGH)
    if 600 <= second < 700:
        return Quality(test=True)
    chance = dice.random()
    if chance < 0.01:
        return bad(Reason.COMM_FAILURE)
    return uncertain(Reason.CALIBRATION) if chance < 0.02 else GOOD


def samples(second: int, dice: Random) -> Iterator[tuple[str, Sample]]:
    """What the drivers understood in one poll, by device; the gauge falls silent for a while."""
    at_us = second * SECOND
    if not 6_300 <= second < 6_700:
        for point, value in (("level", level(second, dice)), ("tilt", tilt(second, dice))):
            quality = trouble(second, dice)
            said: Value | None = None if quality.status == "bad" else value
            yield "gauge-01", Sample(point, said, at_us, quality)
    smoke = 3_000 <= second < 3_050
    for point, state in (("smoke", smoke), ("mounted", second < 6_000), ("service", False)):
        yield "smoke-01", Sample(point, state, at_us)


def story(seed: int, t0_us: int) -> list[Word]:
    """Two hours as the gateway reports them: deadbands, keep-alives, two lanes."""
    dice = Random(seed)
    gauge = in_force(GAUGE.rules).rules
    points = {
        point: PointPolicy(
            10 * SECOND,
            deadband=0.004,
            set_points=set_points(gauge).get(point, ()),
            always=point in voting_points(gauge),
        )
        for point in ("level", "tilt")
    }
    filters = {
        "gauge-01": ReportFilter(ReportPolicy(points)),
        "smoke-01": ReportFilter(ReportPolicy()),
    }
    urgent = hazard_points((*gauge, *SMOKE.rules))
    words = []
    for start in range(0, HOURS_S, BATCH_S):
        said: dict[Lane, list[Reading]] = {lane: [] for lane in Lane}
        for second in range(start, start + BATCH_S, POLL_S):
            for name, sample in samples(second, dice):
                for one in filters[name].admit([sample]):
                    lane = Lane.URGENT if one.point in urgent else Lane.BULK
                    at_us = t0_us + one.mono_us
                    said[lane].append(Reading(name, one.point, at_us, one.value, None, one.quality))
        through_us = t0_us + (start + BATCH_S) * SECOND - 1
        words += [Word(lane, through_us, tuple(said[lane])) for lane in Lane]
    return words


def folder(within: Path, name: str) -> Path:
    made = within / name
    made.mkdir()
    return made


Book = tuple[list[tuple[object, ...]], set[tuple[str, str]], set[tuple[str, str]]]


async def book(rig: Rig) -> Book:
    """Episodes; which alarms are on; which are latched, over or not."""
    alarms = await rig.alarms(Which.ALL)
    return (
        await rig.episodes(),
        {(one.device or "", one.rule) for one in alarms if one.active},
        {(one.device or "", one.rule) for one in alarms if one.latched},
    )


async def take(rig: Rig, word: Word) -> None:
    if word.readings:
        await rig.send(*word.readings, lane=word.lane)


async def live(where: Path, words: list[Word]) -> Book:
    """Each batch as it comes, with the word that all is here so far."""
    async with Rig(where, StandingClock(T0)) as rig:
        await rig.birth(*DEVICES)
        for word in words:
            rig.clock.advance(word.through_us - rig.clock.utc_us())
            await take(rig, word)
            await rig.hear(word.through_us, lane=word.lane)
            await rig.watch()
        return await book(rig)


async def backlog(where: Path, words: list[Word], dice: Random) -> Book:
    """All batches in any order, every third twice, judged at random moments in between."""
    mixed = words + dice.sample(words, len(words) // 3)
    dice.shuffle(mixed)
    async with Rig(where, StandingClock(T0)) as rig:
        await rig.birth(*DEVICES)
        rig.clock.advance(words[-1].through_us - T0)
        for word in mixed:
            await take(rig, word)
            if dice.random() < 0.01:
                await rig.watch()
        for lane in Lane:
            await rig.hear(words[-1].through_us, lane=lane)
        await rig.watch()
        return await book(rig)


@pytest.mark.parametrize("seed", range(2))
async def test_two_hours_of_backlog_give_the_same_alarm_book_as_live(
    tmp_path: Path, seed: int
) -> None:
    words = story(seed, T0)
    expected = await live(folder(tmp_path, "live"), words)
    episodes, active, latched = expected
    told = {(name, rule) for name, rule, _, _ in episodes}
    hazards = {"flood_notice", "flood_close", "flood_nobody", "rising", "moved"}
    assert told >= {("gauge-01", rule) for rule in (*hazards, "offline")}
    assert told >= {("smoke-01", rule) for rule in ("smoke", "tamper")}
    assert latched >= {("gauge-01", "moved"), ("smoke-01", "smoke")}
    assert ("smoke-01", "tamper") in active
    assert await backlog(folder(tmp_path, "late"), words, Random(seed)) == expected
