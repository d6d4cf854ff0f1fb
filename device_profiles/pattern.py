"""Whether a regular expression of a profile is safe to search a device's records with."""

import re

_OPENS = r"\((?:\?(?:[:=!]|<[=!]))?"
_VARIES = r"[*+]|\{\d*,\d*\}"
_TOKEN = re.compile(
    rf"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|(?P<opens>{_OPENS})|(?P<varies>{_VARIES})|.", re.DOTALL
)


def unsafe(pattern: str) -> str | None:
    """Why it can not be used, and what would be right; None when it can.

    A repetition of what itself repeats, or has branches, may search for longer than anyone waits.
    """
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        return f"is no regular expression: {error}"
    if compiled.groups != 1:
        return f"has {compiled.groups} groups: put () around the one part that is the value"
    if _repeats_a_repetition(pattern):
        return "repeats what itself repeats or branches, such as (a+)+: it may search for ever"
    return None


def _repeats_a_repetition(pattern: str) -> bool:
    """Of a pattern that compiles."""
    groups = [False]  # of each open group, whether it holds a repetition or branches
    just_closed = False
    for token in _TOKEN.finditer(pattern):
        if token["varies"]:
            if just_closed:
                return True
            groups[-1] = True
        just_closed = False
        if token["opens"]:
            groups.append(False)
        elif token.group() == "|":
            groups[-1] = True
        elif token.group() == ")":
            just_closed = groups.pop()
            groups[-1] |= just_closed
    return False
