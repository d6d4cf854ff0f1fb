"""An hour without a server must not fill the log of a gateway."""

import pytest

from edge_agent.uplink.broker_answers import BrokerAnswers
from runtime.mqtt import Outcome
from wire.topic import Lane

OURS = "edge_agent.uplink.broker_answers"


@pytest.fixture
def answers(caplog: pytest.LogCaptureFixture) -> BrokerAnswers:
    caplog.set_level("INFO", OURS)
    return BrokerAnswers(Lane.URGENT)


def said(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    return [(one.levelname, one.getMessage()) for one in caplog.records if one.name == OURS]


def test_only_a_change_of_the_answer_is_worth_a_line(
    answers: BrokerAnswers, caplog: pytest.LogCaptureFixture
) -> None:
    nobody, quota = Outcome.NO_SUBSCRIBER, Outcome.QUOTA
    for one in [nobody] * 20 + [Outcome.LOST, nobody, quota, quota, Outcome.ACCEPTED]:
        answers.heard(one)
    assert said(caplog) == [
        ("WARNING", "the broker answers no_subscriber to batches of urgent"),
        ("WARNING", "the broker answers quota to batches of urgent"),
        ("INFO", "the broker takes batches of urgent again"),
    ]


def test_a_broker_that_accepts_is_not_worth_a_line(
    answers: BrokerAnswers, caplog: pytest.LogCaptureFixture
) -> None:
    answers.heard(Outcome.ACCEPTED)
    assert said(caplog) == []


def test_each_batch_that_is_set_aside_is_named(
    answers: BrokerAnswers, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(2):
        answers.heard(Outcome.TOO_LARGE)
    assert [level for level, text in said(caplog) if "too large" in text] == ["ERROR"] * 2
