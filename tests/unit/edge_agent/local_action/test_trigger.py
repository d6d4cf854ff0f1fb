"""Rules over the samples of one gateway: delays, late samples, tests, silence, a restart."""

from msgspec.structs import replace

from alarm_rules.rule import AbsenceRule, Rule, StateRule
from alarm_rules.verdict import Evidence
from edge_agent.exchange import Sample
from edge_agent.local_action.trigger import LATE_US, Trigger
from tests.shipped import PROFILES
from wire.quality import GOOD, Quality, Reason, bad

SECOND = 1_000_000
T0 = 100 * SECOND
RULES = {rule.id: rule for rule in PROFILES["calectro_ug3"].rules}
SMOKE = RULES["smoke"]


def smoke(at_us: int, value: bool, quality: Quality = GOOD) -> list[Sample]:
    return [Sample("smoke", value, at_us, quality)]


def watching(*rules: Rule, held: dict[str, Evidence] | None = None) -> Trigger:
    return Trigger([("smoke-01", rule) for rule in rules or (SMOKE,)], T0, held)


def test_it_holds_from_the_first_sample_that_says_so_until_one_says_no() -> None:
    trigger = watching()
    trigger.feed("smoke-01", smoke(T0, False))
    assert not trigger.is_active
    trigger.feed("smoke-02", smoke(T0 + 1, True))
    trigger.feed("smoke-01", [Sample("relay", True, T0 + 2)])
    assert not trigger.is_active
    trigger.feed("smoke-01", smoke(T0 + 3, True))
    assert (trigger.is_active, trigger.since_us, trigger.evidence) == (
        True,
        T0 + 3,
        Evidence.FIRM,
    )
    trigger.feed("smoke-01", smoke(T0 + 90 * SECOND, False))
    trigger.pass_time(T0 + 900 * SECOND)
    assert not trigger.is_active
    assert trigger.since_us is None


def test_bad_and_silence_clear_nothing() -> None:
    trigger = watching()
    trigger.feed("smoke-01", smoke(T0, True))
    trigger.feed("smoke-01", [Sample("smoke", None, T0 + 1, bad(Reason.COMM_FAILURE))])
    trigger.pass_time(T0 + 3_600 * SECOND)
    assert trigger.is_active


def test_a_delay_ends_by_time_alone() -> None:
    assert isinstance(SMOKE, StateRule)
    slow = StateRule(
        **{name: getattr(SMOKE, name) for name in SMOKE.__struct_fields__} | {"on_delay": SECOND}
    )
    trigger = watching(slow)
    trigger.feed("smoke-01", smoke(T0, True))
    trigger.pass_time(T0 + SECOND + LATE_US - 1)
    assert not trigger.is_active
    trigger.pass_time(T0 + SECOND + LATE_US)
    assert trigger.is_active


def test_a_sample_that_comes_very_late_still_counts() -> None:
    trigger = watching()
    trigger.feed("smoke-01", smoke(T0, False))
    trigger.pass_time(T0 + 60 * SECOND)
    trigger.feed("smoke-01", smoke(T0 + SECOND, True))
    assert trigger.is_active
    trigger.feed("smoke-01", smoke(T0 + SECOND, False))  # doubled: the first stays
    assert trigger.is_active


def test_a_test_is_told_from_the_real_thing() -> None:
    trigger = watching()
    trigger.feed("smoke-01", smoke(T0, True, Quality(test=True)))
    before = trigger.evidence
    trigger.feed("smoke-01", smoke(T0 + 1, True))
    assert (before, trigger.evidence) == (Evidence.TEST, Evidence.FIRM)


def test_after_a_restart_it_holds_until_it_is_known_not_to() -> None:
    trigger = watching(held={"smoke-01/smoke": Evidence.FIRM})
    assert trigger.holding == {"smoke-01/smoke": Evidence.FIRM}
    trigger.pass_time(T0 + 3_600 * SECOND)
    assert trigger.is_active
    trigger.feed("smoke-01", smoke(T0 + 3_601 * SECOND, False))
    trigger.pass_time(T0 + 3_700 * SECOND)
    assert not trigger.is_active


def test_a_device_that_falls_silent() -> None:
    offline = RULES["offline"]
    assert isinstance(offline, AbsenceRule)
    trigger = watching(offline)
    trigger.feed("smoke-01", smoke(T0, False))
    trigger.pass_time(T0 + offline.duration + LATE_US)
    assert trigger.is_active
    back_us = T0 + offline.duration + 2 * LATE_US
    trigger.feed("smoke-01", smoke(back_us, False))
    trigger.pass_time(back_us + offline.off_delay + LATE_US)
    assert not trigger.is_active


def test_it_says_when_time_alone_may_change_something() -> None:
    assert isinstance(SMOKE, StateRule)
    slow = replace(SMOKE, on_delay=3 * SECOND)
    offline = RULES["offline"]
    assert isinstance(offline, AbsenceRule)
    trigger = watching(slow, replace(offline, duration=60 * SECOND))
    assert list(trigger.ends_us()) == [T0 + 60 * SECOND + LATE_US]
    trigger.feed("smoke-01", smoke(T0 + SECOND, True))
    first, second = sorted(trigger.ends_us())
    assert (first, second) == (T0 + 4 * SECOND + LATE_US, T0 + 61 * SECOND + LATE_US)
    trigger.pass_time(first - 1)
    assert trigger.since_us is None
    trigger.pass_time(first)
    assert trigger.is_active
    assert list(trigger.ends_us()) == [second]
