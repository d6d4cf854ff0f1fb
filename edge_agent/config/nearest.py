"""The sentence about a name that stands for nothing: the nearest right one, or all there are."""

from collections.abc import Iterable

from runtime.likeness import nearest

_COMPARED = 200
"""Of more the nearest takes too long to find: what comes from afar may have many."""


def not_there(name: str, known: Iterable[str], what: str) -> str:
    """Such as "is 'shad', and there is no such line; did you mean 'shed'?"."""
    names = sorted(known)
    near = nearest(name, names) if len(names) <= _COMPARED else []
    remedy = f"did you mean {near[0]!r}?" if near else f"there is: {_listed(names)}"
    return f"is {name!r}, and there is no such {what}; {remedy}"


def _listed(names: list[str]) -> str:
    more = ["…"] if len(names) > _COMPARED else []
    return ", ".join([*names[:_COMPARED], *more]) or "none"
