"""What the shipped rules make of readings: which fire, at once or after how long, and which end."""

from collections.abc import Iterable

import pytest

from alarm_rules.evaluate import fold
from alarm_rules.in_force import in_force
from alarm_rules.rule import AbsenceRule, AlarmClass, Rule
from alarm_rules.transition import Episode
from alarm_rules.verdict import Evidence, Sample
from tests.shipped import PROFILES
from wire.quality import GOOD, Limit, Quality, Reason, bad, uncertain
from wire.reading import Value

SECOND = 1_000_000
MINUTE = 60 * SECOND
SATURATED = bad(Reason.OUT_OF_RANGE, Limit.HIGH)
XCD = "honeywell_sensepoint_xcd"
Reading = Value | Quality


def rule_of(profile: str, name: str) -> Rule:
    (found,) = (rule for rule in PROFILES[profile].rules if rule.id == name)
    return found


def samples(readings: Iterable[Reading], period_us: int = SECOND) -> list[Sample]:
    return [
        Sample(at * period_us, None, one)
        if isinstance(one, Quality)
        else Sample(at * period_us, one)
        for at, one in enumerate(readings)
    ]


def episodes(
    profile: str, rule: str, readings: Iterable[Reading], period_us: int = SECOND
) -> tuple[Episode, ...]:
    taken = samples(readings, period_us)
    return fold(rule_of(profile, rule), taken, taken[-1].time_us)


def fires(profile: str, rule: str, *readings: Reading, period_us: int = SECOND) -> bool:
    return bool(episodes(profile, rule, readings, period_us))


@pytest.mark.parametrize("profile", ["bcd_ruler", "dfrobot_sen0676"])
@pytest.mark.parametrize(
    ("level", "expected"),
    [
        (0.14, set()),
        (0.15, {"water_notice"}),
        (0.25, {"water_notice", "water_close_road"}),
        (0.5, {"water_notice", "water_close_road", "water_nobody"}),
        (SATURATED, {"water_notice", "water_close_road", "water_nobody", "water_rising_fast"}),
        (bad(Reason.SENSOR_FAULT), set()),
        (bad(Reason.OUT_OF_RANGE, Limit.LOW), set()),
        (bad(Reason.CONFIGURATION), set()),
    ],
)
def test_water_by_its_depth(profile: str, level: Reading, expected: set[str]) -> None:
    hazards = [
        rule.id
        for rule in PROFILES[profile].rules
        if rule.alarm_class is AlarmClass.HAZARD and fires(profile, rule.id, level)
    ]
    assert set(hazards) == expected


def test_water_ends_below_the_deadband_after_a_minute_and_never_on_a_bad_value() -> None:
    high = [0.26]
    for low, ends in ((0.24, False), (0.22, True), (bad(Reason.SENSOR_FAULT), False)):
        (episode,) = episodes("bcd_ruler", "water_close_road", [*high, *[low] * 70])
        assert (episode.end_us is not None) is ends
    (episode,) = episodes("bcd_ruler", "water_close_road", [*high, *[0.22] * 70])
    assert episode.end_us == SECOND + MINUTE


def test_five_centimetres_in_five_minutes() -> None:
    steadily = [0.01 * minute for minute in range(11)]
    assert fires("bcd_ruler", "water_rising_fast", *steadily, period_us=MINUTE)
    slowly = [0.005 * minute for minute in range(11)]
    assert not fires("bcd_ruler", "water_rising_fast", *slowly, period_us=MINUTE)


def test_a_cover_is_tilted_on_the_third_sample_and_open_at_once() -> None:
    assert not fires("witmotion_485", "cover_tilted", 0.5, 12.0, 12.0, 0.5)
    (episode,) = episodes("witmotion_485", "cover_tilted", [0.5, 12.0, 12.0, 12.0])
    assert episode.start_us == 3 * SECOND
    assert fires("witmotion_485", "cover_open", 0.5, 91.0)
    assert not fires("witmotion_485", "cover_open", 80.0, 89.0)


def test_a_cover_that_is_thrown_open_alarms_although_it_moves() -> None:
    thrown = [Sample(0, 0.5), Sample(SECOND, 120.0, uncertain("not_at_rest"))]
    (episode,) = fold(rule_of("witmotion_485", "cover_open"), thrown, SECOND)
    assert episode.evidence is Evidence.UNCERTAIN
    assert not fires("witmotion_485", "cover_tilted", bad(Reason.CONFIGURATION))


@pytest.mark.parametrize("rule", ["cover_open", "water_over_limit"])
def test_a_switch_alarms_at_once(rule: str) -> None:
    assert fires("di2_modbus_sqr2", rule, False, True)
    assert not fires("di2_modbus_sqr2", rule, False, False, bad(Reason.COMM_FAILURE))


@pytest.mark.parametrize(
    ("lel", "expected"),
    [
        (0.19, set()),
        (0.2, {"gas_low"}),
        (0.5, {"gas_low", "gas_high"}),
        (SATURATED, {"gas_low", "gas_high"}),
        (bad(Reason.WARM_UP), set()),
        (bad(Reason.INHIBITED), set()),
        (bad(Reason.DEVICE_FAULT), set()),
    ],
)
def test_gas_by_its_share_of_the_limit(lel: Reading, expected: set[str]) -> None:
    names = ("gas_low", "gas_high")
    assert {name for name in names if fires(XCD, name, 0.0, lel)} == expected


def test_gas_never_ends_by_a_value_that_does_not_count() -> None:
    for reason in (Reason.WARM_UP, Reason.INHIBITED, Reason.DEVICE_FAULT, Reason.COMM_FAILURE):
        (episode,) = episodes(XCD, "gas_low", [0.3, *[bad(reason)] * 60])
        assert episode.end_us is None


def test_each_class_of_site_has_its_set_points_of_gas() -> None:
    def limits(site_class: str) -> dict[str, object]:
        rules = in_force(PROFILES[XCD].rules, (), site_class).rules
        return {rule.id: getattr(rule, "limit", None) for rule in rules}

    industrial, tunnel = limits("industrial"), limits("utility_tunnel")
    assert (industrial["gas_low"], industrial["gas_high"]) == (0.2, 0.5)
    assert (tunnel["gas_low"], tunnel["gas_high"]) == (0.2, 0.35)


@pytest.mark.parametrize(
    ("rule", "state", "minutes"),
    [
        ("warm_up_too_long", "warm_up", 10),
        ("inhibited_too_long", "inhibited", 30),
        ("calibrating_too_long", "calibration", 30),
    ],
)
def test_what_silences_a_gas_alarm_ends_by_a_clock(rule: str, state: str, minutes: int) -> None:
    (episode,) = episodes(XCD, rule, [state] * (minutes + 2), MINUTE)
    assert episode.start_us == minutes * MINUTE
    assert not fires(XCD, rule, *[state] * minutes, "normal", "normal", period_us=MINUTE)


@pytest.mark.parametrize(
    ("profile", "rule", "reading"),
    [
        (XCD, "wrong_unit", "ppm"),
        (XCD, "wrong_gas", "HYDROGEN"),
        (XCD, "wrong_device", bad(Reason.CONFIGURATION)),
        (XCD, "fault", True),
        ("witmotion_485", "no_baseline", bad(Reason.CONFIGURATION)),
    ],
)
def test_what_makes_a_sensor_useless_is_told_at_once(
    profile: str, rule: str, reading: Reading
) -> None:
    assert fires(profile, rule, reading)


@pytest.mark.parametrize("profile", PROFILES)
def test_a_point_that_can_not_be_read_is_told_within_a_quarter_of_a_minute(profile: str) -> None:
    rules = {rule.id for rule in PROFILES[profile].rules}
    name = "unreadable" if "unreadable" in rules else None
    if name is not None:
        (episode,) = episodes(profile, name, [bad(Reason.SENSOR_FAULT)] * 16)
        assert episode.start_us == 10 * SECOND
        assert not fires(profile, name, *[bad(Reason.COMM_FAILURE)] * 16)


SILENCE_PROVES_NOTHING = {"gst9000_printer"}  # it speaks when there is a fire, and can not be asked


def test_only_a_one_way_printer_is_not_missed() -> None:
    found = {
        name
        for name, profile in PROFILES.items()
        if not any(isinstance(rule, AbsenceRule) for rule in profile.rules)
    }
    assert found == SILENCE_PROVES_NOTHING


@pytest.mark.parametrize("profile", sorted(PROFILES.keys() - SILENCE_PROVES_NOTHING))
def test_a_device_that_says_nothing_is_missed(profile: str) -> None:
    (absence,) = (rule for rule in PROFILES[profile].rules if isinstance(rule, AbsenceRule))
    alive = [Sample(0, value=True, quality=GOOD)]
    (episode,) = fold(absence, alive, absence.duration)
    assert episode.start_us == absence.duration
