"""The table of a command's states: every state stands in it, and answers are final."""

from ingest_server.db.command import ANSWERS, FOLLOWS, OPEN, CommandState
from wire.command import Outcome


def test_every_state_stands_in_the_table() -> None:
    assert set(FOLLOWS) == set(CommandState)
    assert {state for state, after in FOLLOWS.items() if CommandState.SENT in after} == OPEN


def test_what_the_gateway_says_is_final_but_our_own_expiry_is_not() -> None:
    for state in (CommandState.DONE, CommandState.FAILED, CommandState.REFUSED):
        assert not FOLLOWS[state]
    assert CommandState.DONE in FOLLOWS[CommandState.EXPIRED]


def test_outcomes_of_a_configuration_answer_no_command() -> None:
    of_config = {Outcome.APPLIED, Outcome.REJECTED, Outcome.DIVERGED}
    assert set(ANSWERS) == set(Outcome) - of_config
