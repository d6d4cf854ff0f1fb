"""Terms stay over a restart; a file that can not be read is told, and ends them."""

from pathlib import Path

import pytest

from edge_agent.test_mode.term import Term
from edge_agent.test_mode.term_file import NAME, BrokenTermsError, TermFile

TERM = Term("smoke-01", 7_200_000_000, "boot-1", 9, 5, 11, carried=True)


def test_what_was_written_is_read(tmp_path: Path) -> None:
    file = TermFile(tmp_path)
    assert file.read() == ()
    file.write((TERM,))
    assert TermFile(tmp_path).read() == (TERM,)


@pytest.mark.parametrize("broken", [b"", b"[", b'[{"device": 3}]', b"\xff"])
def test_broken(tmp_path: Path, broken: bytes) -> None:
    (tmp_path / NAME).write_bytes(broken)
    with pytest.raises(BrokenTermsError, match="every test mode has ended"):
        TermFile(tmp_path).read()


def test_a_disk_that_refuses(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        TermFile(tmp_path / "nowhere").write((TERM,))
