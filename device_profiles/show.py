"""A profile as text for people: one line for a list, or all of it."""

from collections.abc import Iterator

from alarm_rules.duration import duration_text
from alarm_rules.rule import (
    AbsenceRule,
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
    Words,
)
from device_profiles.model import Point, Profile, said
from device_profiles.transport import Modbus, Stream, Transport


def summarise(profile: Profile, lang: str) -> str:
    """Id, kind, grade and title on one line."""
    title = _text(profile.title, lang)
    return f"{profile.id:<24} {profile.kind:<8} {profile.evidence.grade}  {title}"


def describe(profile: Profile, hash_: str, lang: str) -> str:
    """Everything a person decides by; `lang` is "en" or "zh"."""
    return "\n".join(_lines(profile, hash_, lang))


def _lines(profile: Profile, hash_: str, lang: str) -> Iterator[str]:
    yield f"{profile.id}  version {profile.version}  hash {hash_}"
    yield f"{_text(profile.title, lang)} ({profile.maker}, {profile.model})"
    yield _transport(profile.transport)
    yield ""
    yield "points"
    yield from (_point(point, lang) for point in profile.points)
    yield ""
    yield "rules"
    yield from (_rule(rule, lang) for rule in profile.rules)
    yield ""
    yield "actions"
    yield from (f"  {one.id:<20} {_text(one.title, lang)}" for one in profile.actions)
    yield ""
    yield from _evidence(profile, lang)


def _evidence(profile: Profile, lang: str) -> Iterator[str]:
    evidence = profile.evidence
    yield f"evidence: grade {evidence.grade}, {evidence.source}"
    yield from (f"  caveat: {said(text, lang)}" for text in evidence.caveats)
    yield from (f"  verify on hardware: {said(text, lang)}" for text in evidence.verify_on_hardware)


def _transport(transport: Transport) -> str:
    serial = transport.serial
    line = f"{serial.baud} {serial.data_bits}{serial.parity}{serial.stop_bits}"
    match transport:
        case Modbus():
            period = duration_text(transport.poll_period)
            units = f"unit {transport.first_unit} to {transport.last_unit}"
            carriers = ", ".join(one.replace("_", " ") for one in transport.carriers)
            return f"Modbus ({carriers}), {line}, {units}, polled each {period}"
        case Stream():
            silent = transport.liveness
            after = "" if silent is None else f", silent after {duration_text(silent)}"
            return f"stream, {line}{after}"


def _point(point: Point, lang: str) -> str:
    unit = point.unit or point.value
    return f"  {point.id:<20} {unit:<8} {_text(point.title, lang)}"


def _rule(rule: Rule, lang: str) -> str:
    marks = [rule.alarm_class, rule.severity, _condition(rule)]
    marks += ["latched"] if rule.latched else []
    marks += ["life safety"] if rule.life_safety else []
    marks += [] if rule.enabled else ["off unless the site switches it on"]
    source = f"{rule.source.text} [{rule.source.mark}]"
    return f"  {rule.id:<20} {_text(rule.title, lang)}: {', '.join(marks)}; {source}"


def _condition(rule: Rule) -> str:
    match rule:
        case QualityRule():
            state = "bad or uncertain" if rule.uncertain else "bad"
            return f"{rule.point} is {state} for {duration_text(rule.on_delay)}"
        case AbsenceRule():
            return f"silent for {duration_text(rule.duration)}"
        case StuckRule():
            return f"{rule.point} has not changed for {duration_text(rule.duration)}"
        case RateRule():
            moves = "rises" if rule.direction is Direction.HIGH else "falls"
            return f"{rule.point} {moves} by {rule.limit:g} in {duration_text(rule.window)}"
        case UnsetRule():
            return f"{rule.point} has no baseline"
        case _:
            return f"{_voted(rule)}{_votes(rule)}"


def _voted(rule: StateRule | LimitRule | DeviationRule) -> str:
    match rule:
        case StateRule():
            return f"{rule.point} {'is not' if rule.negate else 'is'} {rule.equals}"
        case LimitRule():
            end = "at least" if rule.direction is Direction.HIGH else "at most"
            return f"{rule.point} is {end} {rule.limit:g}"
        case DeviationRule():
            way = {Direction.HIGH: "above", Direction.LOW: "below", None: "off"}[rule.direction]
            return f"{rule.point} is {rule.limit:g} {way} its baseline"


def _votes(rule: VotedRule) -> str:
    return f", {rule.needed} of {rule.of} samples" if rule.of > 1 else ""


def _text(words: Words, lang: str) -> str:
    return words.zh if lang == "zh" else words.en
