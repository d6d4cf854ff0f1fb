import pytest

from alarm_rules.rule import AlarmClass
from ingest_server.alarm.system_alarm import SERVER, SystemRule, mismatch_cause, system_cause


@pytest.mark.parametrize("rule", list(SystemRule))
def test_each_says_what_it_is_and_what_to_do_in_both_languages(rule: SystemRule) -> None:
    cause = system_cause(rule, "gw-1")
    assert set(cause.title) == set(cause.guidance) == {"en", "zh"}
    assert (cause.gateway, cause.device, cause.life_safety) == ("gw-1", None, False)


def test_without_a_gateway_it_is_the_servers() -> None:
    assert system_cause(SystemRule.BROKER_AWAY).gateway == SERVER


def test_a_mismatch_is_sensor_health_of_a_device() -> None:
    cause = mismatch_cause("gw-1", "smoke-01", "calectro_ug3", "tunnel-3")
    assert (cause.device, cause.alarm_class) == ("smoke-01", AlarmClass.SENSOR_HEALTH)
