"""What is fuzzed: an input goes in, and nothing but what the parser promises may come of it."""

from collections.abc import Sequence
from random import Random
from types import TracebackType
from typing import Protocol


class Parser(Protocol):
    """One parser with sound inputs to start from."""

    @property
    def name(self) -> str: ...

    @property
    def seeds(self) -> Sequence[bytes]: ...

    @property
    def marks(self) -> Sequence[bytes]: ...

    def run(self, data: bytes, dice: Random) -> str | None:
        """Parse it; a remark to be counted, or None.

        Raise AssertionError, or anything at all, where a promise is broken.
        """
        ...


class NamedInput:
    """Says of whatever is raised within it which input did that."""

    def __init__(self, parser: str, data: bytes) -> None:
        self._note = f"{parser} was given: {data.hex(' ')}"

    def __enter__(self) -> None:
        return

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            error.add_note(self._note)
