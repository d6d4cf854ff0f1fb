import msgspec

from alarm_rules.transition import Change, State, activate, give_back
from alarm_rules.verdict import Evidence


def test_a_state_survives_json() -> None:
    state = State(seen_us=5, through_us=9, active_since_us=5, evidence=Evidence.TEST)
    assert msgspec.json.decode(msgspec.json.encode(state), type=State) == state


def test_a_fresh_state_is_small() -> None:
    assert msgspec.json.encode(State()) == b"{}"


def test_an_episode_begins_and_ends() -> None:
    state, (begun,) = activate(State(turning_us=3), 5, Evidence.FIRM)
    assert (state.is_active, state.turning_us, begun.change) == (True, None, Change.ACTIVATED)
    state, (ended,) = give_back(state, 8)
    assert (state.is_active, ended.at_us, ended.change) == (False, 8, Change.RETURNED)
