"""Which lines of a request to send next, until each is stored or refused by name: by halves."""

from collections.abc import Sequence
from dataclasses import dataclass

from ingest_server.store.verdict import Answer, Reason, Verdict, reason


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """`number`: which of the lines; `text`: what InfluxDB said of it."""

    number: int
    reason: Reason
    text: str


class Halving:
    """Ask `part`, send those lines, tell the verdict, until there is no part left.

    Lines that were stored may be sent again within another part: that changes nothing.
    """

    def __init__(self, lines: int) -> None:
        self._todo = [range(lines)] if lines else []
        self.refused: list[RefusedLine] = []

    @property
    def part(self) -> range | None:
        """The numbers of the lines to send now."""
        return self._todo[-1] if self._todo else None

    def told(self, verdict: Verdict, answer: Answer) -> None:
        """What became of `part`. LATER leaves all as it is."""
        if verdict is Verdict.LATER:
            return
        part = self._todo.pop()
        if verdict is Verdict.SPLIT:
            middle = len(part) // 2
            self._todo += [part[middle:], part[:middle]]
        elif verdict is Verdict.REFUSED:
            why = reason(answer)
            self.refused += [RefusedLine(number, why, answer.text) for number in part]


def joined(lines: Sequence[bytes], part: range) -> bytes:
    return b"\n".join(lines[part.start : part.stop])
