"""Holds what the alarm centre was told against what a scenario expects."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from simulators.delivery_book import Delivery
from simulators.scenario.model import Expectation, Others, Scenario
from simulators.scenario.timing import SECOND_US, Timing

RAISED = "alarm.raised"


class Outcome(StrEnum):
    """What became of an expectation; only `met` is good."""

    OPEN = "open"
    MET = "met"
    EARLY = "early"
    LATE = "late"
    MISSED = "missed"
    TOO_OFTEN = "too_often"
    FALSE_ALARM = "false_alarm"


@dataclass(frozen=True, slots=True)
class Told:
    """One verified delivery: seconds after the beginning, what, of which device and rule."""

    at_s: float
    type: str
    device: str | None
    rule: str
    severity: str

    def fits(self, one: Expectation) -> bool:
        """Tell whether it is what an expectation is about, whenever it came."""
        return (
            self.type == one.type
            and one.device in (None, self.device)
            and one.rule in (None, self.rule)
            and one.severity in (None, self.severity)
        )


@dataclass(frozen=True, slots=True)
class Finding:
    """An expectation (None: an alarm that none foresaw), its window and what came, in s."""

    expectation: Expectation | None
    outcome: Outcome
    opens_s: float
    closes_s: float
    came: tuple[Told, ...]


def told_since(deliveries: Iterable[Delivery], timing: Timing) -> list[Told]:
    """Return the verified alarms since the beginning, each once."""
    return [
        Told(
            (one.received_utc_us - timing.utc_us) / SECOND_US,
            one.type,
            one.data.get("device"),
            str(one.data.get("rule", "")),
            str(one.data.get("severity", "")),
        )
        for one in deliveries
        if one.verified
        and one.is_alarm
        and not one.duplicate
        and one.received_utc_us >= timing.utc_us
    ]


def judge(scenario: Scenario, timing: Timing, told: Sequence[Told], now_us: int) -> list[Finding]:
    """Return what stands at `now_us` (real, after the beginning), the unforeseen behind."""
    found = [_finding(one, timing, told, now_us) for one in scenario.expectations]
    if scenario.others is Others.REFUSED:
        found += [
            Finding(None, Outcome.FALSE_ALARM, one.at_s, one.at_s, (one,))
            for one in told
            if one.type == RAISED and not _is_foreseen(one, scenario.expectations)
        ]
    return found


def _finding(one: Expectation, timing: Timing, told: Sequence[Told], now_us: int) -> Finding:
    opens_s, closes_s = timing.opens(one) / SECOND_US, timing.closes(one) / SECOND_US
    came = tuple(each for each in told if each.fits(one))
    inside = tuple(each for each in came if opens_s <= each.at_s <= closes_s)
    outcome = _outcome(one, came, inside, closes_s, over=now_us / SECOND_US > closes_s)
    shown = inside if one.is_nothing else came
    return Finding(one, outcome, opens_s, closes_s, shown)


def _outcome(
    one: Expectation,
    came: Sequence[Told],
    inside: Sequence[Told],
    closes_s: float,
    *,
    over: bool,
) -> Outcome:
    if one.most is not None and len(inside) > one.most:
        return Outcome.FALSE_ALARM if one.is_nothing else Outcome.TOO_OFTEN
    if len(inside) >= one.least:
        return Outcome.MET if over or one.most is None else Outcome.OPEN
    if not over:
        return Outcome.OPEN
    if any(each.at_s > closes_s for each in came):
        return Outcome.LATE
    return Outcome.EARLY if came else Outcome.MISSED


def _is_foreseen(told: Told, expectations: Iterable[Expectation]) -> bool:
    return any(told.fits(one) for one in expectations)
