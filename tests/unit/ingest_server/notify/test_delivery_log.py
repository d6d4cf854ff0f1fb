"""The log names what happened by ids, and warns only when something changes."""

import logging

import pytest

from ingest_server.db.delivery import Superseded
from ingest_server.notify.answer import Answer, Outcome
from ingest_server.notify.delivery_log import tell_orphan, tell_superseded, tell_turn
from ingest_server.notify.reach import Turn


def test_what_was_passed_over_is_named(caplog: pytest.LogCaptureFixture) -> None:
    tell_superseded([Superseded("msg_c", "city", "al-1", 3, (("msg_b", 2), ("msg_a", 1)))])
    expected = "alarm al-1 to city: revision 3 (msg_c) supersedes undelivered 2 (msg_b), 1 (msg_a)"
    assert caplog.messages == [expected]


def test_a_receiver_is_told_of_when_it_turns(caplog: pytest.LogCaptureFixture) -> None:
    for turn in (Turn.STEADY, Turn.LOST, Turn.FOUND):
        tell_turn("city", turn, Answer(outcome=Outcome.SERVER_ERROR, status=503))
    assert caplog.messages == [
        "receiver city does not take what we send: server_error 503",
        "receiver city takes deliveries again",
    ]
    assert {record.levelno for record in caplog.records} == {logging.WARNING}


def test_what_nobody_will_fetch_is_named(caplog: pytest.LogCaptureFixture) -> None:
    tell_orphan("old-centre", 7)
    assert "7 deliveries wait for receiver old-centre" in caplog.text
