"""What came of a command needs no words when all went well."""

from edge_agent.poll.hand import Done
from wire.command import Outcome


def test_done_without_words() -> None:
    assert Done(Outcome.DONE).detail == ""
