"""The machine of rules of one point: on-delay, off-delay, and what test readings may do.

  state     | FIRES                          | CLEARS               | UNKNOWN
  inactive  | the on-delay runs from here    | the on-delay stops   | nothing (it runs on)
  active    | the off-delay stops            | the off-delay runs   | the off-delay stops
A test reading clears only what test readings raised; a real one ends the test episode and
begins a real one at once.
"""

from msgspec.structs import replace

from alarm_rules.memory import recall
from alarm_rules.rule import PointRule, QualityRule, UnsetRule
from alarm_rules.transition import Changes, State, activate, give_back
from alarm_rules.verdict import Evidence, Sample, Verdict, evidence_of


def judge(rule: PointRule, state: State, sample: Sample) -> Changes:
    """Take a sample in; delays are counted by `pass_time`, before and after."""
    said, memory = recall(rule, state.memory, state.seen_us, sample)
    state = replace(state, memory=memory)
    evidence = _evidence(rule, sample)
    if said is Verdict.CLEARS and evidence is Evidence.TEST and _is_real(state):
        said = Verdict.UNKNOWN
    if state.is_active:
        return _while_active(state, said, sample.time_us, evidence)
    return _while_inactive(state, said, sample.time_us, evidence), ()


def pass_time(rule: PointRule, state: State, through_us: int) -> Changes:
    """Nothing new up to and including `through_us`: end the delay that is over by then."""
    if state.turning_us is None:
        return state, ()
    due_us = state.turning_us + (rule.off_delay if state.is_active else rule.on_delay)
    if due_us > through_us:
        return state, ()
    return give_back(state, due_us) if state.is_active else activate(state, due_us, state.evidence)


def _evidence(rule: PointRule, sample: Sample) -> Evidence:
    """A quality rule judges the doubt itself: there is nothing uncertain about it."""
    if isinstance(rule, QualityRule | UnsetRule) and not sample.quality.test:
        return Evidence.FIRM
    return evidence_of(sample)


def _is_real(state: State) -> bool:
    """Something not from a test is active or waits for its delay."""
    return state.evidence is not Evidence.TEST and (state.is_active or state.turning_us is not None)


def _while_inactive(state: State, said: Verdict, at_us: int, evidence: Evidence) -> State:
    if said is Verdict.UNKNOWN:
        return state
    if said is Verdict.CLEARS:
        return replace(state, turning_us=None)
    if state.turning_us is None:
        return replace(state, turning_us=at_us, evidence=evidence)
    return replace(state, evidence=max(state.evidence, evidence))


def _while_active(state: State, said: Verdict, at_us: int, evidence: Evidence) -> Changes:
    if said is Verdict.CLEARS:
        return replace(
            state, turning_us=at_us if state.turning_us is None else state.turning_us
        ), ()
    if said is Verdict.UNKNOWN:
        return replace(state, turning_us=None), ()
    if state.evidence is Evidence.TEST and evidence is not Evidence.TEST:
        ended, over = give_back(state, at_us)
        begun, now = activate(ended, at_us, evidence)
        return begun, over + now
    return replace(state, turning_us=None, evidence=max(state.evidence, evidence)), ()
