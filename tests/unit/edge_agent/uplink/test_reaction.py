"""Each answer of a broker has a named reaction; none is forgotten."""

import pytest

from edge_agent.uplink.reaction import WAITS_US, Reaction, reaction, set_aside_as
from runtime.mqtt_words import Outcome
from wire.reading import POINT


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_answer_is_in_the_table(outcome: Outcome) -> None:
    assert reaction(outcome, 1) in list(Reaction)
    assert POINT.fullmatch(set_aside_as(outcome))


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (Outcome.ACCEPTED, Reaction.AWAIT_RECEIPT),
        (Outcome.LOST, Reaction.AS_NEW),
        (Outcome.NO_SUBSCRIBER, Reaction.SOON),
        (Outcome.QUOTA, Reaction.SOON),
        (Outcome.REFUSED, Reaction.SOON),
        (Outcome.NOT_AUTHORISED, Reaction.LATER),
        (Outcome.TOPIC_INVALID, Reaction.LATER),
        (Outcome.TOO_LARGE, Reaction.SET_ASIDE),
        (Outcome.PAYLOAD_FORMAT, Reaction.PLAIN),
    ],
)
def test_the_table(outcome: Outcome, expected: Reaction) -> None:
    assert reaction(outcome, 1) is expected


def test_what_is_refused_without_being_called_text_is_set_aside() -> None:
    assert reaction(Outcome.PAYLOAD_FORMAT, 2) is Reaction.SET_ASIDE


def test_what_is_to_wait_has_a_time() -> None:
    assert WAITS_US[Reaction.SOON] < WAITS_US[Reaction.LATER]
