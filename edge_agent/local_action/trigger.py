"""Whether any of the rules of a local action holds, by the samples that the buffer took."""

from collections.abc import Iterator, Mapping, Sequence

from alarm_rules.evaluate import advance, apply, begin
from alarm_rules.rule import AbsenceRule, Rule, points_of
from alarm_rules.transition import Change, State
from alarm_rules.verdict import Evidence
from alarm_rules.verdict import Sample as Judged
from edge_agent.exchange import Sample

LATE_US = 2_000_000
"""A sample may come so long after its instant: time is taken as complete only before that."""


class Trigger:
    """Times are those of the boot's clock, which is the source time of this boot.

    `held`: what held when the agent stopped, as `holding` said it. It goes on until a sample says
    that it does not: silence clears nothing (design P11).
    """

    def __init__(
        self,
        when: Sequence[tuple[str, Rule]],
        now_us: int,
        held: Mapping[str, Evidence] | None = None,
    ) -> None:
        self._when = tuple(when)
        known = held or {}
        self._states = [_first(one[1], now_us, known.get(_name(one))) for one in when]

    @property
    def holding(self) -> dict[str, Evidence]:
        """What holds, as `device/rule`, and on what evidence."""
        pairs = zip(self._when, self._states, strict=True)
        return {_name(one): state.evidence for one, state in pairs if state.is_active}

    @property
    def is_active(self) -> bool:
        return any(state.is_active for state in self._states)

    @property
    def evidence(self) -> Evidence:
        """The firmest of what holds; TEST when nothing does."""
        return max((one.evidence for one in self._states if one.is_active), default=Evidence.TEST)

    @property
    def since_us(self) -> int | None:
        """When the first of what holds began."""
        begun = (one.active_since_us for one in self._states)
        return min((at_us for at_us in begun if at_us is not None), default=None)

    def ends_us(self) -> Iterator[int]:
        """When `pass_time` may have something to say: delays, and silences; some have passed."""
        for (_, rule), state in zip(self._when, self._states, strict=True):
            if isinstance(rule, AbsenceRule):
                delay_us = rule.off_delay
                if state.alive_us is not None:
                    yield state.alive_us + rule.duration + LATE_US
            else:
                delay_us = rule.off_delay if state.is_active else rule.on_delay
            if state.turning_us is not None:
                yield state.turning_us + delay_us + LATE_US

    def feed(self, device: str, samples: Sequence[Sample]) -> None:
        """Judge what a device said, in order."""
        for place, (name, rule) in enumerate(self._when):
            if name != device:
                continue
            wanted = points_of(rule)
            for one in samples:
                if not wanted or one.point in wanted:
                    self._states[place] = _applied(rule, self._states[place], one)

    def pass_time(self, now_us: int) -> None:
        """Delays and silences end."""
        for place, (_, rule) in enumerate(self._when):
            self._states[place] = advance(rule, self._states[place], now_us - LATE_US).state


def _name(one: tuple[str, Rule]) -> str:
    return f"{one[0]}/{one[1].id}"


def _first(rule: Rule, now_us: int, held: Evidence | None) -> State:
    state = begin(rule, now_us)
    if held is None:
        return state
    return State(active_since_us=now_us, alive_us=state.alive_us, evidence=held)


def _applied(rule: Rule, state: State, sample: Sample) -> State:
    """One that is later than LATE_US still counts, at the first instant that is not judged yet."""
    at_us = sample.mono_us
    is_new = state.seen_us is None or at_us > state.seen_us
    if is_new and state.through_us is not None:
        at_us = max(at_us, state.through_us + 1)
    step = apply(rule, state, Judged(at_us, sample.value, sample.quality))
    return state if step.transitions[0].change is Change.OLD else step.state
