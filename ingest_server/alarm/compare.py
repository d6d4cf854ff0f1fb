"""Episodes as the samples tell them now, against those in the book: what is new, what has moved."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ingest_server.alarm.record import Seen
from ingest_server.db.evaluation_book import EpisodeRow


class Found(StrEnum):
    """What a comparison says of one episode."""

    BEGUN = "begun"  # not in the book, still on
    OVER = "over"  # not in the book, already over
    ENDED = "ended"  # in the book as still on, and over now
    RESUMED = "resumed"  # in the book as over, and on again: late data took its end away
    EXTENDED = "extended"  # began earlier, or ended later, than the book says
    SHORTENED = "shortened"  # began later, or ended earlier
    WITHDRAWN = "withdrawn"  # in the book, and no longer so


@dataclass(frozen=True, slots=True)
class Finding:
    """`seen` is None for WITHDRAWN, `row` is None for BEGUN and OVER."""

    found: Found
    seen: Seen | None
    row: EpisodeRow | None


def compare(rows: Sequence[EpisodeRow], told: Sequence[Seen]) -> list[Finding]:
    """Both in order of their start. Two that overlap are the same episode; a row serves once.

    What has not changed is not in the answer.
    """
    left = list(rows)
    findings: list[Finding] = []
    for seen in told:
        row = next((one for one in left if _overlap(one, seen)), None)
        if row is None:
            found = Found.BEGUN if seen.until is None else Found.OVER
            findings.append(Finding(found, seen, None))
            continue
        left.remove(row)
        findings.extend(_moved(row, seen))
    findings.extend(Finding(Found.WITHDRAWN, None, row) for row in left)
    return findings


def _overlap(row: EpisodeRow, seen: Seen) -> bool:
    if row.start_us == seen.since:
        return True
    return (seen.until is None or row.start_us < seen.until) and (
        row.end_us is None or seen.since < row.end_us
    )


def _moved(row: EpisodeRow, seen: Seen) -> Iterator[Finding]:
    if (row.start_us, row.end_us) == (seen.since, seen.until):
        return
    if row.end_us is None and seen.until is not None:
        yield Finding(Found.ENDED, seen, row)
    elif row.end_us is not None and seen.until is None:
        yield Finding(Found.RESUMED, seen, row)
    elif seen.since < row.start_us or (seen.until or 0) > (row.end_us or 0):
        yield Finding(Found.EXTENDED, seen, row)
    else:
        yield Finding(Found.SHORTENED, seen, row)
