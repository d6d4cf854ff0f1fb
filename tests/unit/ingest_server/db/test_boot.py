"""A boot on its zero."""

from ingest_server.db.boot import Boot


def test_when_it_was_heard_last_moves_with_its_zero() -> None:
    boot = Boot(7, end_us=5)
    assert boot.ended_us == 12
    boot.zero_us = 3
    assert boot.ended_us == 8
