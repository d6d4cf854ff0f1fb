"""What was switched on is known after any cut: torn writes, odd bytes, too much."""

import random
from pathlib import Path

import pytest

from alarm_rules.verdict import Evidence
from edge_agent.local_action.book import SLOT, Book, TooLargeError
from edge_agent.local_action.decide import Memory, Phase

ON = Memory(Phase.ACTED, 3, boot="b", at_us=9, holding={"smoke-01/smoke": Evidence.FIRM})
OFF = Memory(Phase.IDLE, 3)


def test_nothing_then_the_newest(tmp_path: Path) -> None:
    path = tmp_path / "agent" / "local-actions"
    book = Book(path)
    assert book.read() == {}
    for memory in (ON, OFF, ON):
        book.write({"siren": memory})
        assert Book(path).read() == {"siren": memory}
    assert path.stat().st_size == 2 * SLOT
    assert path.stat().st_mode & 0o7 in (0, 4)


def test_a_torn_write_leaves_the_state_before(tmp_path: Path) -> None:
    path = tmp_path / "book"
    book = Book(path)
    book.read()
    book.write({"siren": ON})
    before = path.read_bytes()
    book.write({"siren": OFF})
    after = path.read_bytes()
    for cut in range(0, 2 * SLOT, 97):
        path.write_bytes(after[:cut] + before[cut:])
        assert Book(path).read() in ({"siren": ON}, {"siren": OFF})
    path.write_bytes(after[: SLOT + 3])
    Book(path).read()
    assert path.stat().st_size == 2 * SLOT


def test_any_bytes_are_read_as_something_or_nothing(tmp_path: Path) -> None:
    path, dice = tmp_path / "book", random.Random(7)
    book = Book(path)
    book.read()
    book.write({"siren": ON})
    sound = path.read_bytes()
    for _ in range(100):
        spoilt = bytearray(sound)
        for _ in range(dice.randrange(1, 60)):
            spoilt[dice.randrange(SLOT, SLOT + 300)] = dice.randrange(256)
        path.write_bytes(bytes(spoilt[: dice.randrange(len(spoilt))]))
        assert Book(path).read() in ({"siren": ON}, {})


def test_more_than_fits_is_refused_and_the_rest_stays(tmp_path: Path) -> None:
    book = Book(tmp_path / "book")
    book.read()
    book.write({"siren": ON})
    with pytest.raises(TooLargeError):
        book.write({f"siren-{number}": ON for number in range(999)})
    assert Book(tmp_path / "book").read() == {"siren": ON}
