"""The sentence about a name that stands for nothing: the nearest right one, or all there are."""

import difflib
from collections.abc import Iterable

_COMPARED = 200
"""Of more the nearest takes too long to find: what comes from afar may have many."""


def not_there(name: str, known: Iterable[str], what: str) -> str:
    """Such as "is 'shad', and there is no such line; did you mean 'shed'?"."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1) if len(names) <= _COMPARED else []
    remedy = f"did you mean {near[0]!r}?" if near else f"there is: {_listed(names)}"
    return f"is {name!r}, and there is no such {what}; {remedy}"


def _listed(names: list[str]) -> str:
    more = ["…"] if len(names) > _COMPARED else []
    return ", ".join([*names[:_COMPARED], *more]) or "none"
