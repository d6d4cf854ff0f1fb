"""The known names that are most like a mistaken one."""

from collections.abc import Iterable


def nearest(name: str, known: Iterable[str], most: int = 1, least: float = 0.6) -> list[str]:
    """At most so many, the likest first; none that is less like it than `least`, 0 to 1."""
    import difflib  # noqa: PLC0415 - who makes no mistake starts without it

    return difflib.get_close_matches(name, list(known), n=most, cutoff=least)
