"""Colours for states on a terminal: red is lost, yellow is in doubt, green is well."""

import re
from collections.abc import Mapping, Sequence

from edge_agent.show.status_words import Words

_RESET = "\x1b[0m"
_RED, _YELLOW, _GREEN = "\x1b[31m", "\x1b[33m", "\x1b[32m"
_OF_STATE = {
    "dead": _RED,
    "failed": _RED,
    "not_connected": _RED,
    "missing": _YELLOW,
    "acting": _YELLOW,
    "acted": _YELLOW,
    "undoing": _YELLOW,
    "answering": _GREEN,
}


def wants_colour(environ: Mapping[str, str], *, is_terminal: bool) -> bool:
    """On a terminal only, and not against NO_COLOR (no-color.org)."""
    return is_terminal and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"


def painted(lines: Sequence[str], words: Words) -> list[str]:
    """The words of states in colour; columns stay where they are."""
    colours = {words(name): colour for name, colour in _OF_STATE.items()}
    longest_first = sorted(colours, key=len, reverse=True)
    either = re.compile(rf"(?<!\S)({'|'.join(map(re.escape, longest_first))})(?=\s|$)")
    return [
        either.sub(lambda found: f"{colours[found[1]]}{found[1]}{_RESET}", line) for line in lines
    ]
