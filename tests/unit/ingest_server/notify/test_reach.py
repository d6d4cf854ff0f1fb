"""A receiver is lost once and found once, however many attempts lie between."""

from ingest_server.notify.answer import Outcome
from ingest_server.notify.reach import Reach, Reaches, Turn


def test_turns() -> None:
    reaches = Reaches()
    story = [
        (Outcome.DELIVERED, Turn.STEADY),
        (Outcome.REFUSED, Turn.LOST),
        (Outcome.TIMED_OUT, Turn.STEADY),
        (Outcome.DELIVERED, Turn.FOUND),
        (Outcome.DELIVERED, Turn.STEADY),
    ]
    found = [reaches.note("city", outcome, n) for n, (outcome, _) in enumerate(story)]
    assert found == [turn for _, turn in story]


def test_the_last_success_is_remembered_through_failures() -> None:
    reaches = Reaches()
    for now_us, outcome in enumerate([Outcome.DELIVERED, Outcome.GONE, Outcome.GONE]):
        reaches.note("city", outcome, now_us)
    assert reaches.of("city") == Reach(Outcome.GONE, attempted_us=2, succeeded_us=0, failures=2)
    assert reaches.of("other") == Reach()
