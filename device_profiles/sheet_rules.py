"""The alarms of a device on its sheet: when each begins and ends, how bad it is, and why so."""

from collections.abc import Iterator

from alarm_rules.rule import (
    AbsenceRule,
    AlarmClass,
    DeviationRule,
    Direction,
    LimitRule,
    QualityRule,
    RateRule,
    Rule,
    StateRule,
    StuckRule,
    UnsetRule,
    VotedRule,
)
from alarm_rules.set_point import clear_level
from device_profiles.handbook import said
from device_profiles.model import Profile
from device_profiles.sheet import Items, Section, Table, blocks
from device_profiles.sheet_units import amount, time_text
from device_profiles.sheet_words import heads, joined, listed, say, value_text

_SIGNS = {Direction.HIGH: "≥", Direction.LOW: "≤"}
_SILENCE = {"comm_failure", "not_connected", "never_read"}
_AWAY = {None: "off_baseline", Direction.HIGH: "above_baseline", Direction.LOW: "below_baseline"}


def rules_section(profile: Profile, lang: str, *, with_guidance: bool) -> Section:
    """Hazards first, each class in a table of its own."""
    tables = [
        _table(profile, alarm_class, head, lang)
        for alarm_class, head in (
            (AlarmClass.HAZARD, "hazards"),
            (AlarmClass.SENSOR_HEALTH, "health"),
        )
    ]
    guidance = profile.rules if with_guidance else ()
    sentences = tuple(f"{_text(rule, lang)} → {_guidance(rule, lang)}" for rule in guidance)
    to_do = Items(sentences, say(lang, "guidance"))
    return Section(say(lang, "alarms"), blocks(*tables, _site_caps(profile, lang), to_do))


def _table(profile: Profile, alarm_class: AlarmClass, head: str, lang: str) -> Table:
    rules = [rule for rule in profile.rules if rule.alarm_class is alarm_class]
    rows = tuple(
        (
            rule.id,
            _text(rule, lang),
            listed(lang, _marks(rule, lang)),
            joined(lang, _when(rule, profile, lang)),
            _source(rule, lang),
        )
        for rule in rules
    )
    return Table(heads(lang, head, "title", "severity", "when", "source_of"), rows)


def _source(rule: Rule, lang: str) -> str:
    mark = say(lang, rule.source.mark)
    return say(lang, "marked", text=said(rule.source.text, lang), mark=mark)


def _text(rule: Rule, lang: str) -> str:
    return rule.title.zh if lang == "zh" else rule.title.en


def _guidance(rule: Rule, lang: str) -> str:
    return rule.guidance.zh if lang == "zh" else rule.guidance.en


def _marks(rule: Rule, lang: str) -> Iterator[str]:
    yield say(lang, rule.severity)
    if rule.life_safety:
        yield say(lang, "life_safety")
    if rule.latched:
        yield say(lang, "reset_latch")
    if not rule.enabled:
        yield say(lang, "off")


def _when(rule: Rule, profile: Profile, lang: str) -> Iterator[str]:
    yield _condition(rule, profile, lang)
    if isinstance(rule, VotedRule) and rule.of > 1:
        yield say(lang, "votes", needed=rule.needed, of=rule.of)
    if rule.on_delay:
        yield say(lang, "for_time", time=time_text(lang, rule.on_delay))
    yield _end(rule, profile, lang)


def _end(rule: Rule, profile: Profile, lang: str) -> str:
    """When it is over, where that is not simply the opposite of when it begins."""
    time = time_text(lang, rule.off_delay)
    if isinstance(rule, LimitRule) and rule.deadband:
        level = _amount(rule, profile, lang, clear_level(rule))
        word = "ends_at_after" if rule.off_delay else "ends_at"
        return say(lang, word, level=level, time=time)
    return say(lang, "ends_after", time=time) if rule.off_delay else ""


def _condition(rule: Rule, profile: Profile, lang: str) -> str:
    match rule:
        case QualityRule():
            return joined(lang, _quality(rule, profile, lang))
        case AbsenceRule() | StuckRule():
            word = "silent" if isinstance(rule, AbsenceRule) else "stuck"
            point = "" if isinstance(rule, AbsenceRule) else rule.point
            return say(lang, word, point=point, time=time_text(lang, rule.duration))
        case StateRule():
            return joined(lang, _state(rule, lang))
        case LimitRule():
            return (
                f"{rule.point} {_SIGNS[rule.direction]} {_amount(rule, profile, lang, rule.limit)}"
            )
        case UnsetRule():
            return rule.point
        case _:
            return _change(rule, profile, lang)


def _change(rule: DeviationRule | RateRule, profile: Profile, lang: str) -> str:
    limit = _amount(rule, profile, lang, rule.limit)
    if isinstance(rule, DeviationRule):
        return say(lang, _AWAY[rule.direction], point=rule.point, limit=limit)
    word = "rises" if rule.direction is Direction.HIGH else "falls"
    time = time_text(lang, rule.window)
    return say(lang, word, point=rule.point, limit=limit, time=time)


def _quality(rule: QualityRule, profile: Profile, lang: str) -> Iterator[str]:
    yield say(lang, "bad_or_uncertain" if rule.uncertain else "bad", point=rule.point)
    if rule.reasons:
        yield say(lang, "because", reasons=listed(lang, rule.reasons))
    absence = next((one.id for one in profile.rules if isinstance(one, AbsenceRule)), None)
    ignored = set(rule.ignore)
    if absence is not None and ignored >= _SILENCE:
        ignored -= _SILENCE
        yield say(lang, "not_while_silent", rule=absence)
    if ignored:
        yield say(
            lang,
            "not_because",
            reasons=listed(lang, (one for one in rule.ignore if one in ignored)),
        )


def _state(rule: StateRule, lang: str) -> Iterator[str]:
    sign = "≠" if rule.negate else "="
    yield f"{rule.point} {sign} {value_text(lang, rule.equals)}"
    if rule.site_sets_value:
        yield say(lang, "site_sets")


def _amount(
    rule: LimitRule | DeviationRule | RateRule, profile: Profile, lang: str, value: float
) -> str:
    unit = next((point.unit for point in profile.points if point.id == rule.point), None)
    return amount(lang, value, unit)


def _site_caps(profile: Profile, lang: str) -> Table:
    rows = tuple(
        (rule.id, caps.site_class, _most(rule, caps.limit, profile, lang))
        for rule in profile.rules
        for caps in rule.site_caps
    )
    return Table(heads(lang, "site_caps", "site_class", "at_most"), rows)


def _most(rule: Rule, limit: float | None, profile: Profile, lang: str) -> str:
    if limit is None or isinstance(rule, AbsenceRule):
        return ""
    unit = next((point.unit for point in profile.points if point.id == rule.point), None)
    return amount(lang, limit, unit)
