"""What each shipped profile says of its own sensor, its evidence, its wiring and its settings."""

import re

import pytest

from alarm_rules.rule import AbsenceRule, AlarmClass, QualityRule, StuckRule, Words
from device_profiles.encoding import NumberType
from device_profiles.handbook import english
from device_profiles.model import Grade
from device_profiles.transport import Modbus, Stream
from tests.shipped import PROFILES

SECOND = 1_000_000
GAS = {"fault", "no_bump_test"}
TRANSMITTER = GAS | {
    "warning",
    "warm_up_too_long",
    "inhibited_too_long",
    "calibrating_too_long",
    "wrong_unit",
    "wrong_gas",
    "wrong_device",
    "calibration_due",
    "supply_low",
}
HEALTH = {  # by hand, from the table of health conditions; beside unreadable and offline
    "calectro_ug3": {"tamper", "service", "relay_test_too_long"},
    "gst9000_printer": set(),
    "bcd_ruler": {"fouled"},
    "u16_ruler": {"fouled"},
    "dfrobot_sen0676": {"fouled", "height_changed", "height_not_set", "too_near"},
    "qdy30a": {"fouled", "unit_changed", "unit_unknown", "zero_changed", "level_negative"},
    "dfrobot_a02yyuw": {"fouled"},
    "dfrobot_sen0754": {"fouled", "interference"},
    "di2_modbus_sqr2": set(),
    "witmotion_485": {"not_at_rest", "no_baseline", "frozen", "supply_low"},
    "honeywell_sensepoint_xcd": TRANSMITTER | {"stuck"},
    "honeywell_xrl": TRANSMITTER | {"frozen"},
    "honeywell_xcl": TRANSMITTER | {"frozen"},
    "winsen_mhz9041a": GAS | {"stuck"},
    "micradar_r60afd1": {
        "fall_off",
        "still_off",
        "presence_off",
        "sensitivity_changed",
        "height_changed",
        "fall_after_long",
        "still_after_long",
        "firmware_changed",
        "chip_fault",
        "heartbeat_lost",
        "frozen",
        "unconfirmed",
    },
    "seeed_mr60fda2": {
        "height_changed",
        "threshold_changed",
        "sensitivity_changed",
        "settings_unknown",
        "unconfirmed",
    },
    "micradar_r60abd1": {
        "presence_off",
        "breath_off",
        "heart_off",
        "sleep_off",
        "struggle_off",
        "no_person_off",
        "real_time_mode",
        "low_breath_limit_changed",
        "out_of_reach",
        "heartbeat_lost",
        "firmware_changed",
        "unconfirmed",
    },
    "seeed_mr60bha2": {"too_far", "unconfirmed"},
    "hlk_ld2410": set(),
    "hlk_ld2450": set(),
}
LIVENESS = {  # seconds without a frame after which a device that talks by itself counts as silent
    "micradar_r60afd1": 10,
    "micradar_r60abd1": 10,
    "seeed_mr60fda2": 5,
    "seeed_mr60bha2": 5,
    "hlk_ld2410": 2,
    "hlk_ld2450": 2,
    "dfrobot_a02yyuw": 2,
    "dfrobot_sen0754": 5,  # its filters answer after 2 s and more
    "winsen_mhz9041a": 5,
    "gst9000_printer": None,
}
GRADE_B = {"bcd_ruler", "u16_ruler", "qdy30a", "gst9000_printer"}
SET_BY_HAND = {"bcd_ruler", "u16_ruler", "di2_modbus_sqr2"}  # no document says what can be written
SAVED = {"qdy30a": (15, 0), "witmotion_485": (0, 0)}
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("profile", PROFILES)
def test_its_health_is_watched_by_these(profile: str) -> None:
    found = {
        rule.id
        for rule in PROFILES[profile].rules
        if rule.alarm_class is AlarmClass.SENSOR_HEALTH and not isinstance(rule, AbsenceRule)
    }
    assert found == HEALTH[profile] | {"unreadable"}


def test_a_talker_is_silent_after_these_seconds() -> None:
    found = {
        name: None if one.transport.liveness is None else one.transport.liveness / SECOND
        for name, one in PROFILES.items()
        if isinstance(one.transport, Stream)
    }
    assert found == LIVENESS


def test_fifteen_seconds_without_a_heartbeat_are_a_frozen_transmitter() -> None:
    for name in ("honeywell_xrl", "honeywell_xcl"):
        (frozen,) = (one for one in PROFILES[name].rules if one.id == "frozen")
        assert isinstance(frozen, StuckRule)
        assert (frozen.point, frozen.duration, frozen.tolerance) == ("heartbeat", 15 * SECOND, 0.0)


@pytest.mark.parametrize("profile", PROFILES)
def test_what_another_rule_tells_is_not_told_as_unreadable_too(profile: str) -> None:
    named = {
        reason
        for rule in PROFILES[profile].rules
        if isinstance(rule, QualityRule)
        and rule.id in {"wrong_device", "unit_unknown", "height_not_set"}
        for reason in rule.reasons
    }
    (unreadable,) = (one for one in PROFILES[profile].rules if one.id == "unreadable")
    assert isinstance(unreadable, QualityRule)
    assert named <= set(unreadable.ignore)


@pytest.mark.parametrize("profile", PROFILES)
def test_it_says_where_it_comes_from_and_what_nobody_tried(profile: str) -> None:
    evidence = PROFILES[profile].evidence
    assert evidence.grade is (Grade.B if profile in GRADE_B else Grade.A)
    assert len(english(evidence.source)) > 20
    assert evidence.caveats
    assert evidence.verify_on_hardware


@pytest.mark.parametrize("profile", PROFILES)
def test_a_word_order_that_nobody_stated_is_said_to_be_assumed(profile: str) -> None:
    one = PROFILES[profile]
    has_wide = any(
        point.register is not None and point.register.type in {NumberType.F32, NumberType.U32}
        for point in one.points
    )
    said = map(english, (*one.evidence.caveats, *one.evidence.verify_on_hardware))
    assert any("word order" in remark for remark in said) is has_wide


@pytest.mark.parametrize("profile", PROFILES)
def test_every_source_is_told_in_both_languages(profile: str) -> None:
    found = PROFILES[profile]
    for source in (found.evidence.source, *(rule.source.text for rule in found.rules)):
        assert isinstance(source, Words)
        assert CHINESE.search(source.zh) or source.en == source.zh
        has_title = "《" in source.zh
        assert has_title or not re.search(r"GB(/T)? \d", source.en), "a standard has its title"


@pytest.mark.parametrize("profile", PROFILES)
def test_every_doubt_is_told_in_both_languages(profile: str) -> None:
    evidence = PROFILES[profile].evidence
    for remark in (*evidence.caveats, *evidence.verify_on_hardware):
        assert isinstance(remark, Words)
        assert CHINESE.search(remark.zh)


@pytest.mark.parametrize("profile", PROFILES)
def test_a_technician_is_told_wires_and_place_in_both_languages(profile: str) -> None:
    installation = PROFILES[profile].installation
    assert installation is not None
    assert installation.supply
    for words in (*installation.wiring, *installation.mounting):
        assert CHINESE.search(words.zh)
        assert not CHINESE.search(words.en)
    assert installation.wiring
    assert installation.mounting


def test_the_switches_of_the_smoke_detector_are_the_makers() -> None:
    installation = PROFILES["calectro_ug3"].installation
    assert installation is not None
    unit, parity, speed, _ = installation.switches
    for positions, address in unit.positions.items():
        assert int(english(address)) == int(positions[::-1], 2) + 1
    assert english(parity.positions["00"]) == "none, 2 stop bits"
    assert english(speed.positions["00"]) == "9600"


@pytest.mark.parametrize("profile", SAVED)
def test_a_setting_that_has_to_be_saved_is_saved(profile: str) -> None:
    settings = PROFILES[profile].settings
    assert settings
    for setting in settings:
        (save,) = setting.save
        assert (save.address, save.value) == SAVED[profile]
        if profile == "witmotion_485":
            (key,) = setting.unlock
            assert (key.address, key.value, key.pause) == (0x69, 0xB588, SECOND // 10)


def test_what_can_be_set_from_the_bus_says_how() -> None:
    asked = {name for name, one in PROFILES.items() if isinstance(one.transport, Modbus)}
    settable = {name for name, one in PROFILES.items() if one.settings}
    by_app = {"honeywell_xrl", "honeywell_xcl"}
    by_switch = {"calectro_ug3"}
    assert asked - settable == SET_BY_HAND | by_app | by_switch


def test_nothing_that_may_leave_a_device_silent_is_offered_from_afar() -> None:
    offered = {f"{name} {action.id}" for name, one in PROFILES.items() for action in one.actions}
    assert offered == {
        "calectro_ug3 reset",
        "calectro_ug3 relay_test",
        "witmotion_485 restart",
        "micradar_r60afd1 restart",
        "micradar_r60abd1 restart",
        "hlk_ld2410 restart",
        "hlk_ld2450 restart",
    }
