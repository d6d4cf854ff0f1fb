"""What befalls a fleet's connections: outages and reconnect storms, as orders of a command line."""

import re
from dataclasses import dataclass
from enum import StrEnum
from random import Random

_UNITS = {"ms": 1_000, "s": 1_000_000, "min": 60_000_000, "h": 3_600_000_000}
_DURATION = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,6})?) ?(ms|s|min|h)?")
JITTER_US = 5_000_000


class OrderError(ValueError):
    """An order that can not be read; the text says what would be right."""


class IncidentKind(StrEnum):
    """OUTAGE: connections stay away for a while. STORM: all go at once and come straight back."""

    OUTAGE = "outage"
    STORM = "storm"


@dataclass(frozen=True, slots=True)
class Incident:
    """From `at_us` on a share of the connections is away for `for_us`.

    Each comes back within `jitter_us` after that, at a moment of its own; 0: all at once.
    """

    kind: IncidentKind
    at_us: int
    for_us: int = 0
    share: float = 1.0
    jitter_us: int = JITTER_US

    def struck(self, connections: int, dice: Random) -> list[int]:
        """Which connections; at least one."""
        count = max(round(self.share * connections), 1)
        return sorted(dice.sample(range(connections), count))


def parse_duration(text: str) -> int:
    """Microseconds of "500ms", "30s", "30", "2min", "1h". Raise OrderError."""
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise OrderError(f"{text[:40]!r} is not a duration: write 500ms, 30s, 2min or 1h")
    return round(float(match[1]) * _UNITS[match[2] or "s"])


def parse_outage(text: str) -> Incident:
    """Of `at=30s,for=20s,share=0.5,jitter=5s`; share (1) and jitter may be left out."""
    words = _words(text, {"at", "for", "share", "jitter"}, {"at", "for"})
    return Incident(
        IncidentKind.OUTAGE,
        parse_duration(words["at"]),
        parse_duration(words["for"]),
        parse_share(words.get("share", "1")),
        _jitter(words),
    )


def parse_storm(text: str) -> Incident:
    """Of `at=60s,jitter=0s`; jitter may be left out."""
    words = _words(text, {"at", "jitter"}, {"at"})
    return Incident(IncidentKind.STORM, parse_duration(words["at"]), jitter_us=_jitter(words))


def parse_share(text: str) -> float:
    """A share from 0 to 1. Raise OrderError."""
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0.0 <= share <= 1.0:
        raise OrderError(f"{text[:40]!r} is not a share: write a number from 0 to 1")
    return share


def _jitter(words: dict[str, str]) -> int:
    return parse_duration(words["jitter"]) if "jitter" in words else JITTER_US


def _words(text: str, known: set[str], needed: set[str]) -> dict[str, str]:
    words: dict[str, str] = {}
    for part in text.split(","):
        name, equals, value = part.strip().partition("=")
        if not equals or name not in known or name in words:
            raise OrderError(
                f"{part.strip()[:40]!r}: write each of {_list(known)} once, NAME=VALUE"
            )
        words[name] = value
    if needed - words.keys():
        raise OrderError(f"{text[:60]!r} lacks {_list(needed - words.keys())}")
    return words


def _list(names: set[str]) -> str:
    return ", ".join(sorted(names))
