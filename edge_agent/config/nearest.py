"""The sentence about a name that stands for nothing: the nearest right one, or all there are."""

import difflib
from collections.abc import Iterable


def not_there(name: str, known: Iterable[str], what: str) -> str:
    """Such as "is 'shad', and there is no such line; did you mean 'shed'?"."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1)
    remedy = f"did you mean {near[0]!r}?" if near else f"there is: {', '.join(names) or 'none'}"
    return f"is {name!r}, and there is no such {what}; {remedy}"
