"""A time that was set while nobody ran: taken once, and only when it can be read."""

from pathlib import Path

from edge_agent.buffer.clock_note import NAME, ClockNote, leave, take

NOTE = ClockNote("boot-1", 5_000_000, 1_795_300_000_000_000, is_forced=True)


def test_it_is_taken_once(tmp_path: Path) -> None:
    assert take(tmp_path) is None
    leave(tmp_path, NOTE)
    assert take(tmp_path) == NOTE
    assert take(tmp_path) is None


def test_what_can_not_be_read_is_gone_and_nobody_stumbles(tmp_path: Path) -> None:
    for broken in (b"", b"{", b'{"boot": 3}', b"\xff" * 10_000):
        (tmp_path / NAME).write_bytes(broken)
        assert take(tmp_path) is None
        assert not (tmp_path / NAME).exists()
