"""What the rules of the gauges, gas detectors and radars make of a night, a flood and a leak."""

from collections.abc import Iterable

import pytest

from alarm_rules.evaluate import fold
from alarm_rules.in_force import in_force
from alarm_rules.override import Override
from alarm_rules.rule import AlarmClass, Rule
from alarm_rules.transition import Episode
from alarm_rules.verdict import Sample
from device_profiles.framing import Layout
from device_profiles.transport import Stream
from edge_agent.driver.frame import encode_frame
from edge_agent.driver.stream import StreamDriver
from tests.shipped import PROFILES
from wire.quality import Limit, Quality, Reason, bad
from wire.reading import Value

SECOND, MINUTE, HOUR = 1_000_000, 60_000_000, 3_600_000_000
ABD1, LD2450 = "micradar_r60abd1", "hlk_ld2450"
NO_LOCK = bad("no_lock")
Reading = Value | Quality


def rule_of(profile: str, name: str, *wishes: Override) -> Rule:
    rules = in_force(PROFILES[profile].rules, wishes).rules
    (found,) = (rule for rule in rules if rule.id == name)
    return found


def episodes(rule: Rule, readings: Iterable[Reading], period_us: int) -> tuple[Episode, ...]:
    samples = [
        Sample(at * period_us, None, one)
        if isinstance(one, Quality)
        else Sample(at * period_us, one)
        for at, one in enumerate(readings)
    ]
    return fold(rule, samples, samples[-1].time_us)


def firing(profile: str, readings: list[Reading], period_us: int = MINUTE) -> set[str]:
    """The hazards on breath or heart that come."""
    return {
        rule.id
        for rule in PROFILES[profile].rules
        if rule.alarm_class is AlarmClass.HAZARD
        and rule.id.startswith(("breath", "heart"))
        and episodes(rule, readings, period_us)
    }


@pytest.mark.parametrize("profile", [ABD1, "seeed_mr60bha2"])
@pytest.mark.parametrize(
    ("rate", "red", "amber"),
    [(8.0, True, True), (9.0, False, True), (11.0, False, True), (12.0, False, False)],
)
def test_slow_breath_by_its_limits(profile: str, rate: float, red: bool, amber: bool) -> None:
    rules = {"breath_low_red": red, "breath_low_amber": amber}
    for name, comes in rules.items():
        assert bool(episodes(rule_of(profile, name), [16.0, rate, rate, rate], MINUTE)) is comes


@pytest.mark.parametrize(
    ("rate", "comes"),
    [
        (40.0, {"heart_low_red", "heart_low_amber"}),
        (41.0, {"heart_low_amber"}),
        (51.0, set()),
        (110.0, set()),
        (111.0, {"heart_high_amber"}),
        (131.0, {"heart_high_amber", "heart_high_red"}),
    ],
)
def test_the_heart_by_its_limits(rate: float, comes: set[str]) -> None:
    names = [one.id for one in PROFILES["seeed_mr60bha2"].rules if one.id.startswith("heart")]
    found = {
        name
        for name in names
        if episodes(rule_of("seeed_mr60bha2", name), [70.0, rate, rate, rate], MINUTE)
    }
    assert found == comes


def test_no_lock_never_alarms_and_never_ends_an_alarm() -> None:
    assert firing("seeed_mr60bha2", [NO_LOCK] * 30) == set()
    (episode,) = episodes(
        rule_of("seeed_mr60bha2", "heart_low_red"), [38.0, 38.0, *[NO_LOCK] * 30], MINUTE
    )
    assert episode.end_us is None


class Night:
    """A breath radar told by its frames, second by second."""

    def __init__(self, profile: str) -> None:
        transport = PROFILES[profile].transport
        assert isinstance(transport, Stream)
        self._layout: Layout = transport.layouts[0]
        self._driver = StreamDriver(PROFILES[profile])
        self._samples: dict[str, list[Sample]] = {}
        self.second = 0

    def told(self, code: str, *data: int) -> None:
        self._take(encode_frame(self._layout, code, bytes(data)))

    def pass_seconds(self, seconds: int, code: str = "80 03", *data: int) -> None:
        for _ in range(seconds):
            self.second += 1
            self.told(code, *(data or (0,)))

    def _take(self, heard: bytes) -> None:
        for one in self._driver.received(heard, self.second * SECOND):
            sample = Sample(one.mono_us, one.value, one.quality)
            self._samples.setdefault(one.point, []).append(sample)

    def episodes(self, rule: Rule, point: str) -> tuple[Episode, ...]:
        by_time = {one.time_us: one for one in self._samples[point]}
        return fold(rule, by_time.values(), self.second * SECOND)


def asleep() -> Night:
    night = Night(ABD1)
    night.told("80 01", 1)
    night.told("80 02", 1)
    night.told("81 01", 1)
    return night


def test_twenty_seconds_without_breath_are_told_and_nineteen_are_not() -> None:
    night = asleep()
    night.pass_seconds(5)
    night.told("81 01", 4)
    night.pass_seconds(19)
    assert night.episodes(rule_of(ABD1, "apnoea"), "apnoea") == ()
    night.pass_seconds(1)
    (episode,) = night.episodes(rule_of(ABD1, "apnoea"), "apnoea")
    assert episode.start_us == 25 * SECOND


@pytest.mark.parametrize(("code", "data"), [("80 02", 2), ("80 01", 0), ("81 01", 3)])
def test_who_moves_leaves_or_breathes_has_no_apnoea(code: str, data: int) -> None:
    night = asleep()
    night.told("81 01", 4)
    night.pass_seconds(15)
    night.told(code, data)
    night.pass_seconds(30)
    assert night.episodes(rule_of(ABD1, "apnoea"), "apnoea") == ()


def test_an_empty_room_is_told_after_twelve_hours_by_a_radar_that_only_tracks() -> None:
    empty = [float(at * 600) for at in range(75)]
    (episode,) = episodes(rule_of(LD2450, "absent"), empty, 600 * SECOND)
    assert episode.start_us == 12 * HOUR


@pytest.mark.parametrize("profile", ["dfrobot_a02yyuw", "dfrobot_sen0754"])
@pytest.mark.parametrize(
    ("distance", "comes"),
    [
        (2.5, set()),
        (2.36, set()),
        (2.35, {"water_notice"}),
        (2.25, {"water_notice", "water_close_road"}),
        (2.0, {"water_notice", "water_close_road", "water_nobody"}),
        (9.0, set()),
        (bad("no_object"), set()),
        (bad("no_echo"), set()),
    ],
)
def test_water_by_how_near_it_comes(profile: str, distance: Reading, comes: set[str]) -> None:
    names = ("water_notice", "water_close_road", "water_nobody")
    wishes = [Override(rule=name, baseline=2.5) for name in names]
    found = {
        name for name in names if episodes(rule_of(profile, name, *wishes), [2.5, distance], SECOND)
    }
    assert found == comes


def test_until_the_dry_distance_is_taken_nothing_is_watched_and_that_is_told() -> None:
    rules = in_force(PROFILES["dfrobot_a02yyuw"].rules).rules
    unset = [rule for rule in rules if rule.id.endswith("_unset")]
    assert len(unset) == 3
    assert all(episodes(rule, [2.5, 2.5], SECOND) for rule in unset)
    assert not episodes(rule_of("dfrobot_a02yyuw", "water_nobody"), [2.5, 0.5], SECOND)


def test_water_at_the_sensor_itself_fires() -> None:
    """Within the blind zone the value is pinned at the dangerous end."""
    pinned = bad(Reason.OUT_OF_RANGE, Limit.LOW)
    assert episodes(rule_of("dfrobot_a02yyuw", "water_nobody"), [2.5, pinned], SECOND)


def test_a_frozen_gas_detector_is_told_after_fifteen_seconds_and_a_living_one_never() -> None:
    frozen = rule_of("honeywell_xrl", "frozen")
    (episode,) = episodes(frozen, [7.0] * 5, 5 * SECOND)
    assert episode.start_us == 15 * SECOND
    assert not episodes(frozen, [float(at % 0x10000) for at in range(65_530, 65_550)], 5 * SECOND)


def test_half_a_year_without_gas_is_told_unless_somebody_showed_it_some() -> None:
    rule = rule_of("winsen_mhz9041a", "no_bump_test")
    day = 24 * HOUR
    quiet = [0.01 * (at % 3) for at in range(182)]
    assert episodes(rule, quiet, day)
    assert not episodes(rule, [*quiet[:90], 0.5, *quiet[90:]], day)


def test_a_fire_of_the_panel_ends_with_its_reset_only() -> None:
    smoke = rule_of("gst9000_printer", "smoke")
    assert smoke.latched
    (episode,) = episodes(smoke, [True, True, bad(Reason.COMM_FAILURE)], HOUR)
    assert episode.end_us is None
    (episode,) = episodes(smoke, [True, False], HOUR)
    assert episode.end_us == HOUR


def test_the_second_sample_of_the_panel_is_found_by_its_word_not_by_its_place() -> None:
    """火警 stands at bytes 31 to 34 here, and not at 35 to 38 as the pages say."""
    text = "\x1b608/12/02  17:21\n  006-007\n\x1b9火警后续\n中烟六层计划部\n感烟探测器\n\n"
    frame = text.encode("gbk")
    assert (len(frame), frame.index(bytes.fromhex("BB F0 BE AF"))) == (66, 31 - 1)
    driver = StreamDriver(PROFILES["gst9000_printer"])
    found = {sample.point: sample.value for sample in driver.received(frame, 0)}
    assert (found["fire"], found["loop"], found["part"]) == (True, 6.0, 7.0)
