"""P3 over the whole way: derived points, several rules at once, every bound of a report."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from msgspec.structs import replace as changed

from alarm_rules.evaluate import fold
from alarm_rules.in_force import InForce, rules_hash
from alarm_rules.rule import (
    AlarmClass,
    DeviationRule,
    Direction,
    LimitRule,
    Mark,
    QualityRule,
    Rule,
    Severity,
    Source,
    StateRule,
    Words,
)
from alarm_rules.verdict import Sample as Judged
from device_profiles.model import Condition, Held, Point, Profile, Report, Rise, Tilt, ValueKind
from edge_agent.assembly import report_policy
from edge_agent.config.load import load_config
from edge_agent.config.model import DeviceConfig
from edge_agent.driver.derive import Derivation
from edge_agent.driver.tilt import tilt_of
from edge_agent.exchange import Sample
from edge_agent.poll.report_filter import ReportFilter
from tests.shipped import PROFILES
from wire.quality import GOOD, Reason, Status, bad, uncertain

S = 1_000_000
WORDS = Words("a", "一")
BASE = PROFILES["calectro_ug3"]
TILT = Tilt(x="x", y="y", z="z")
COMMON: dict[str, Any] = {
    "severity": Severity.HIGH,
    "title": WORDS,
    "guidance": WORDS,
    "source": Source("here", Mark.ENGINEERING),
}
REPORTS = st.builds(
    Report,
    max_interval=st.sampled_from([10 * S, 60 * S]),
    min_interval=st.sampled_from([0, 7 * S]),
    deadband=st.sampled_from([0.0, 0.5, 9.0]),
    relative=st.sampled_from([0.0, 0.4]),
)
NUMBERS = ("level", "rise", "still", "tilt")
LEVELS = st.one_of(st.floats(-5, 5), st.integers(-50, 50).map(lambda n: n / 10))
STATES: tuple[tuple[str, bool | str], ...] = (("mode", "on"), ("mode", "off"), ("door", True))
QUALITIES = (*[GOOD] * 20, uncertain(Reason.CALIBRATION), bad(Reason.SENSOR_FAULT))


def _profile(reports: list[Report]) -> Profile:
    conditions = (Condition(point="mode", equals="on"), Condition(point="door", equals=True))
    whole: dict[str, dict[str, Any]] = {
        "level": {"value": ValueKind.NUMBER, "unit": "m"},
        "mode": {"value": ValueKind.TEXT},
        "door": {"value": ValueKind.STATE},
        "rise": {"value": ValueKind.NUMBER, "unit": "m/s", "rise": Rise(of="level", over=10 * S)},
        "still": {"value": ValueKind.NUMBER, "unit": "s", "held": Held(all=conditions)},
        "tilt": {"value": ValueKind.NUMBER, "unit": "deg", "tilt": TILT},
    }
    points = tuple(
        Point(id=name, title=WORDS, report=report, **said)
        for (name, said), report in zip(whole.items(), reports, strict=True)
    )
    return changed(BASE, id="whole", points=points, rules=())


@st.composite
def rules_of(draw: st.DrawFn) -> Rule:
    said: dict[str, Any] = {
        **COMMON,
        "alarm_class": draw(st.sampled_from(AlarmClass)),
        "on_delay": draw(st.integers(0, 8)) * S,
        "off_delay": draw(st.integers(0, 8)) * S,
    }
    kind = draw(st.sampled_from(["limit", "limit", "deviation", "deviation", "state", "quality"]))
    if kind == "quality":
        point = draw(st.sampled_from([*NUMBERS, "mode", "door"]))
        return QualityRule(**{**said, "alarm_class": AlarmClass.SENSOR_HEALTH}, id="_", point=point)
    if kind == "state":
        value: bool | str
        point, value = draw(st.sampled_from(STATES))
        return StateRule(**said, id="_", point=point, equals=value, negate=draw(st.booleans()))
    said |= draw(st.sampled_from([{}, {}, {}, {"needed": 3, "of": 3}, {"needed": 2, "of": 4}]))
    point = draw(st.sampled_from(NUMBERS))
    scale = {"level": 1.0, "rise": 0.1, "still": 3.0, "tilt": 20.0}[point]
    limit, deadband = draw(LEVELS) * scale, draw(st.sampled_from([0.0, 0.1, 0.7])) * scale
    if kind == "limit":
        direction = draw(st.sampled_from(Direction))
        return LimitRule(
            **said, id="_", point=point, limit=limit, deadband=deadband, direction=direction
        )
    return DeviationRule(
        **said,
        id="_",
        point=point,
        limit=abs(limit) + scale,
        deadband=deadband,
        baseline=draw(LEVELS) * scale,
        direction=draw(st.sampled_from([None, *Direction])),
    )


@st.composite
def devices(draw: st.DrawFn) -> DeviceConfig:
    profile = _profile([draw(REPORTS) for _ in range(6)])
    some = draw(st.lists(rules_of(), min_size=1, max_size=5))
    rules = tuple(changed(rule, id=f"rule_{n}") for n, rule in enumerate(some))
    return replace(_DEVICE, profile=profile, rules=InForce(rules, rules_hash(rules)))


@st.composite
def cycles(draw: st.DrawFn) -> list[list[Sample]]:
    """What a device says every second or two, as a driver understands it: nothing kept back."""
    profile = _profile([Report()] * 6)
    derivation, at_us, level, found = Derivation(profile), 0, draw(LEVELS), []
    for _ in range(draw(st.integers(1, 40))):
        at_us += draw(st.sampled_from([1, 1, 2])) * S
        step = draw(st.sampled_from([0.0, 0.05, -0.05, 0.4, -0.4, None]))
        level = draw(LEVELS) if step is None else level + step
        quality = draw(st.sampled_from(QUALITIES))
        cycle = [
            Sample("level", None if quality.status is Status.BAD else level, at_us, quality),
            Sample("mode", draw(st.sampled_from(["on", "on", "off", "idle"])), at_us),
            Sample("door", draw(st.sampled_from([True, True, False])), at_us),
            _tilted(level, at_us),
        ]
        found.append([*cycle, *derivation.feed(cycle, at_us)])
    return found


def _tilted(level: float, at_us: int) -> Sample:
    found = tilt_of((level, 1.0, 9.8), (0.0, 0.0, 1.0), TILT)
    return Sample("tilt", found.value, at_us, found.quality)


def episodes(rule: Rule, samples: list[Sample]) -> object:
    mine = [one for one in samples if one.point == rule.point]  # type: ignore[union-attr]  # the rules here all have a point
    return fold(rule, [Judged(one.mono_us, one.value, one.quality) for one in mine], 1_000 * S)


@settings(max_examples=150, deadline=None)
@given(devices(), cycles())
def test_each_rule_finds_what_it_would_find_in_every_sample(
    device: DeviceConfig, said: list[list[Sample]]
) -> None:
    reports = ReportFilter(report_policy(device))
    reported = [sample for cycle in said for sample in reports.admit(cycle)]
    whole = [sample for cycle in said for sample in cycle]
    for rule in device.rules.rules:
        assert episodes(rule, reported) == episodes(rule, whole), rule


def _any_device() -> DeviceConfig:
    text = """
gateway.id = "gw-001"
mqtt = { host = "localhost", tls = false }
lines.shed = { kind = "modbus-rtu", port = "ttyShed" }
devices.whole = { profile = "calectro_ug3", line = "shed" }
"""

    with TemporaryDirectory() as folder:
        file = Path(folder) / "agent.toml"
        file.write_text(text)
        return load_config(file, {}).config.devices[0]


_DEVICE = _any_device()
