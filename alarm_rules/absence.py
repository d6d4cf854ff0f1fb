"""The machine of absence rules: a device that gives no sign of life for a duration."""

from msgspec.structs import replace

from alarm_rules.rule import AbsenceRule
from alarm_rules.transition import Changes, State, activate, give_back
from alarm_rules.verdict import Evidence, Sample, Verdict, verdict


def judge(rule: AbsenceRule, state: State, sample: Sample) -> Changes:
    """Take a sample of any point in; samples of one instant may come in any order."""
    at_us = sample.time_us
    if verdict(rule, sample) is Verdict.CLEARS:
        alive_us = at_us if state.alive_us is None else max(at_us, state.alive_us)
        turning_us = at_us if state.turning_us is None else state.turning_us
        turned = replace(state, alive_us=alive_us, turning_us=turning_us)
        return _end(rule, turned if state.is_active else replace(state, alive_us=alive_us), at_us)
    if state.alive_us is None:
        return replace(state, alive_us=at_us), ()  # never alive: the silence is counted from here
    if at_us > state.alive_us:
        return replace(state, turning_us=None), ()
    return state, ()


def pass_time(rule: AbsenceRule, state: State, through_us: int) -> Changes:
    """Nothing new up to and including `through_us`: silence for `duration` begins an episode."""
    state, ended = _end(rule, state, through_us)
    if state.is_active or state.alive_us is None:
        return state, ended
    due_us = state.alive_us + rule.duration
    if due_us > through_us:
        return state, ended
    state, begun = activate(state, due_us, Evidence.FIRM)
    return state, ended + begun


def _end(rule: AbsenceRule, state: State, through_us: int) -> Changes:
    """The off-delay is over, unless the device fell silent again meanwhile."""
    if not state.is_active or state.turning_us is None or state.alive_us is None:
        return state, ()
    due_us = state.turning_us + rule.off_delay
    silent_us = state.alive_us + rule.duration
    if silent_us <= min(due_us, through_us):
        return replace(state, turning_us=None), ()
    return give_back(state, due_us) if due_us <= through_us else (state, ())
