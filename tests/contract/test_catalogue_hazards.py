"""Every hazard that ships, as a table written by hand: point, set point, delay, latched or not."""

from typing import NamedTuple

import pytest

from alarm_rules.rule import (
    AlarmClass,
    DeviationRule,
    Direction,
    LimitRule,
    RateRule,
    Rule,
    Severity,
    StateRule,
    hazard_points,
    points_of,
)
from device_profiles.transport import Modbus, Stream
from tests.shipped import PROFILES

SECOND, MINUTE, HOUR = 1_000_000, 60_000_000, 3_600_000_000
CRITICAL, HIGH, WARNING, NOTICE = Severity


class Hazard(NamedTuple):
    """What a rule waits for, as one would say it to a technician."""

    point: str
    when: str
    severity: Severity
    on_delay: int = 0
    latched: bool = False
    life_safety: bool = False
    enabled: bool = True


def danger(point: str, when: str, severity: Severity, on_delay: int = 0) -> Hazard:
    """Danger to life that stays until somebody looked."""
    return Hazard(point, when, severity, on_delay, latched=True, life_safety=True)


FALL = danger("fall", "is True", CRITICAL)
ABSENT = Hazard("presence", "is False", HIGH, 12 * HOUR)
WATER = {
    "water_notice": Hazard("level", ">= 0.15", NOTICE),
    "water_close_road": Hazard("level", ">= 0.25", HIGH, life_safety=True),
    "water_nobody": Hazard("level", ">= 0.5", CRITICAL, life_safety=True),
    "water_rising_fast": Hazard("level", "by 0.05 up in 300 s", WARNING),
}
NEARING = {
    "water_notice": Hazard("distance", "0.15 below baseline", NOTICE),
    "water_close_road": Hazard("distance", "0.25 below baseline", HIGH, life_safety=True),
    "water_nobody": Hazard("distance", "0.5 below baseline", CRITICAL, life_safety=True),
    "water_rising_fast": Hazard("distance", "by 0.05 down in 300 s", WARNING),
}
GAS = {
    "gas_notice": Hazard("lel", ">= 0.1", WARNING, latched=True, enabled=False),
    "gas_low": danger("lel", ">= 0.2", HIGH),
    "gas_high": danger("lel", ">= 0.5", CRITICAL),
}
TRANSMITTER = GAS | {
    "device_alarm": danger("alarm", "is True", HIGH),
    "device_alarm_high": danger("alarm_high", "is True", CRITICAL),
}
BREATH = {
    "breath_low_red": Hazard("breath_rate", "<= 8", HIGH, MINUTE),
    "breath_low_amber": Hazard("breath_rate", "<= 11", WARNING, MINUTE),
    "breath_high_red": Hazard("breath_rate", ">= 25", HIGH, MINUTE),
    "breath_high_amber": Hazard("breath_rate", ">= 21", WARNING, MINUTE),
}
HEART = {
    "heart_low_red": Hazard("heart_rate", "<= 40", HIGH, MINUTE),
    "heart_low_amber": Hazard("heart_rate", "<= 50", WARNING, MINUTE),
    "heart_high_red": Hazard("heart_rate", ">= 131", HIGH, MINUTE),
    "heart_high_amber": Hazard("heart_rate", ">= 111", WARNING, MINUTE),
}
HAZARDS: dict[str, dict[str, Hazard]] = {
    "calectro_ug3": {"smoke": danger("smoke", "is True", CRITICAL)},
    "gst9000_printer": {"smoke": danger("fire", "is True", CRITICAL)},
    "bcd_ruler": WATER,
    "u16_ruler": WATER,
    "dfrobot_sen0676": WATER,
    "qdy30a": WATER,
    "dfrobot_a02yyuw": NEARING,
    "dfrobot_sen0754": NEARING,
    "di2_modbus_sqr2": {
        "cover_open": danger("cover_open", "is True", CRITICAL),
        "water_over_limit": danger("float_raised", "is True", HIGH),
    },
    "witmotion_485": {
        "cover_tilted": danger("tilt", ">= 10, 3 of 3", HIGH),
        "cover_open": danger("tilt", ">= 90", CRITICAL),
    },
    "honeywell_sensepoint_xcd": TRANSMITTER,
    "honeywell_xrl": TRANSMITTER,
    "honeywell_xcl": TRANSMITTER,
    "winsen_mhz9041a": GAS,
    "micradar_r60afd1": {
        "fall": FALL,
        "still": Hazard("still", "is True", HIGH),
        "absent": ABSENT,
    },
    "seeed_mr60fda2": {"fall": FALL, "absent": ABSENT},
    "micradar_r60abd1": BREATH
    | {
        "apnoea": Hazard("apnoea", ">= 20", HIGH, life_safety=True),
        "struggle": Hazard("struggle", "is abnormal", HIGH),
        "no_person": Hazard("no_person", "is abnormal", HIGH),
        "long_absence": Hazard("abnormal_sleep", "is long_absence", HIGH),
        "absent": ABSENT,
    },
    "seeed_mr60bha2": BREATH | HEART | {"absent": ABSENT},
    "hlk_ld2410": {"still": Hazard("target", "is still", HIGH, HOUR), "absent": ABSENT},
    "hlk_ld2450": {
        "still": Hazard("still", ">= 3600", HIGH),
        "absent": Hazard("empty", ">= 43200", HIGH),
    },
}


def waits_for(rule: Rule) -> str:
    match rule:
        case StateRule():
            return f"{'is not' if rule.negate else 'is'} {rule.equals}"
        case LimitRule():
            votes = f", {rule.needed} of {rule.of}" if rule.of > 1 else ""
            return f"{'>=' if rule.direction is Direction.HIGH else '<='} {rule.limit:g}{votes}"
        case DeviationRule():
            way = {Direction.LOW: "below", Direction.HIGH: "above", None: "off"}[rule.direction]
            return f"{rule.limit:g} {way} baseline"
        case RateRule():
            way = "up" if rule.direction is Direction.HIGH else "down"
            return f"by {rule.limit:g} {way} in {rule.window // SECOND} s"
        case _:
            raise AssertionError(f"{rule.id} is no hazard")


def shipped(profile: str) -> dict[str, Hazard]:
    hazards = [one for one in PROFILES[profile].rules if one.alarm_class is AlarmClass.HAZARD]
    return {
        rule.id: Hazard(
            points_of(rule)[0],
            waits_for(rule),
            rule.severity,
            rule.on_delay,
            rule.latched,
            rule.life_safety,
            rule.enabled,
        )
        for rule in hazards
    }


@pytest.mark.parametrize("profile", PROFILES)
def test_the_hazards_are_these_and_no_others(profile: str) -> None:
    assert shipped(profile) == HAZARDS[profile]


@pytest.mark.parametrize("profile", PROFILES)
def test_every_set_point_of_a_number_is_founded_or_says_that_it_is_not(profile: str) -> None:
    """The mark of each hazard: only these few are from memory, and say so."""
    from_memory = {
        rule.id
        for rule in PROFILES[profile].rules
        if rule.alarm_class is AlarmClass.HAZARD and rule.source.mark == "memory"
    }
    assert from_memory <= {"water_notice", "apnoea"}


@pytest.mark.parametrize("profile", sorted(PROFILES.keys() - {"gst9000_printer"}))
def test_what_a_hazard_needs_is_told_every_ten_seconds(profile: str) -> None:
    """All of these can be asked or talk all the time; the printer of a fire panel does neither."""
    points = hazard_points(PROFILES[profile].rules)
    late = {one for one in points if PROFILES[profile].point(one).report.max_interval > 10 * SECOND}
    assert late == set()


@pytest.mark.parametrize("profile", PROFILES)
def test_what_a_hazard_needs_from_a_modbus_device_is_read_in_every_cycle(profile: str) -> None:
    transport = PROFILES[profile].transport
    if not isinstance(transport, Modbus):
        return
    for name in hazard_points(PROFILES[profile].rules):
        register = PROFILES[profile].point(name).register
        if register is not None:
            assert not any(
                block.every
                for block in transport.blocks
                if block.table is register.table
                and block.address <= register.address < block.address + block.count
            )


def test_no_rule_waits_for_what_the_breath_radar_never_tells() -> None:
    """Its heart rates are 60 to 120 and its breaths 0 to 35 (manual V3.0): no slow heart, ever."""
    rules = PROFILES["micradar_r60abd1"].rules
    limits = {rule.id: rule for rule in rules if isinstance(rule, LimitRule)}
    assert not any(rule.point == "heart_rate" for rule in limits.values())
    breaths = [rule.limit for rule in limits.values() if rule.point == "breath_rate"]
    assert breaths
    assert all(0 < limit < 35 for limit in breaths)
    asked_for = {"struggle": "84 91", "no_person": "84 92", "abnormal_sleep": "84 8E"}
    transport = PROFILES["micradar_r60abd1"].transport
    assert isinstance(transport, Stream)
    assert {*asked_for.values(), "81 81", "80 81", "80 82"} <= set(transport.resync)


@pytest.mark.parametrize("profile", ["honeywell_sensepoint_xcd", "honeywell_xrl", "honeywell_xcl"])
def test_each_class_of_site_bounds_the_gas_alarms_alike(profile: str) -> None:
    rules = {rule.id: rule for rule in PROFILES[profile].rules}
    caps = {
        name: {one.site_class: one.limit for one in rules[name].site_caps}
        for name in ("gas_low", "gas_high")
    }
    assert caps == {
        "gas_low": {"industrial": 0.25, "utility_tunnel": 0.2},
        "gas_high": {"industrial": 0.5, "utility_tunnel": 0.35},
    }
