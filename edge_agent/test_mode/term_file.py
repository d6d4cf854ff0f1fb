"""Terms of test mode on disk, beside the buffer: a restart does not prolong them."""

from pathlib import Path

import msgspec

from edge_agent.test_mode.term import Term
from runtime.whole_file import write_whole

NAME = "test-modes.json"
_LARGEST = 1024 * 1024


class BrokenTermsError(Exception):
    """What was written can not be read; the text says what happens now."""


class TermFile:
    """Written by one caller at a time."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / NAME

    def read(self) -> tuple[Term, ...]:
        """Empty when there is none. Raise BrokenTermsError."""
        try:
            with self._file.open("rb") as opened:
                return msgspec.json.decode(opened.read(_LARGEST), type=tuple[Term, ...])
        except FileNotFoundError:
            return ()
        except (OSError, msgspec.MsgspecError) as error:
            text = f"{self._file} can not be read ({error}): every test mode has ended"
            raise BrokenTermsError(text) from error

    def write(self, terms: tuple[Term, ...]) -> None:
        """On the disk when it returns. Raise OSError."""
        write_whole(self._file, msgspec.json.encode(terms))
