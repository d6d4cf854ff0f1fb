"""What would be right, in words: for a value of the wrong type or form, and for what is no TOML."""

import re
from collections.abc import Iterator
from typing import Annotated, Any, get_args, get_origin

import msgspec

_NUMBER = re.compile(r"[+-]?(0x[0-9A-Fa-f]+|[0-9]+(\.[0-9]+)?)")
_EXPECTED = re.compile(r"expected `([a-z]+)[^`]*`, got `([a-z]+)`")
_GRAMMAR = (  # how tomllib begins its complaint, and what a person most likely meant
    ("Cannot overwrite a value", "it stands there twice; tables of a list are written [[name]]"),
    ("Cannot declare", "this table stands there twice; tables of a list are written [[name]]"),
    ("Cannot mutate", "{ } and [ ] on one line are whole: nothing is added to them further down"),
    ("Unclosed inline table", "a comma between two keys or the } at the end is missing"),
    ("Unclosed array", "a comma between two values or the ] at the end is missing"),
    ("Illegal character '\\n'", "the quote at the end of the text is missing"),
    ("Illegal character", "take this character out: it is none that a text may have"),
    ("Expected ']", "a table is written [name], one of a list [[name]]"),
    ("Expected '='", 'a line is written key = value, such as unit = "m"'),
    ("Expected newline", "each key has a line of its own; text stands in quotes"),
    ("Invalid value", "text stands in quotes; true, false and numbers without, in small letters"),
    ("Invalid statement", 'a line is written key = value, such as unit = "m"'),
    ("Unescaped '\\\\'", "write \\\\ for one \\, or the text in single quotes"),
    ("Unterminated string", "the quotes at the end of the text are missing"),
)


def remedy_for(complaint: str) -> str:
    """What to write instead where tomllib complains so; empty when nothing is known."""
    return next((remedy for start, remedy in _GRAMMAR if complaint.startswith(start)), "")


def wrong_value(raw: Any, to: Any, error: str) -> str:
    """Why `raw` can not be read as the type `to`, by msgspec's `error`, and what would be right."""
    meant = next((means for pattern, means in _forms(to) if repr(pattern) in error), None)
    if meant is not None:
        return f"is {raw!r}, should be {meant}"
    complaint = f"{error[:1].lower()}{error[1:]}"
    return f"is {raw!r}: {complaint}{_remedy(raw, complaint)}"


def _forms(to: Any) -> Iterator[tuple[str, str]]:
    """Each pattern within a type, and its words."""
    if get_origin(to) is Annotated:
        for meta in to.__metadata__:
            if isinstance(meta, msgspec.Meta) and meta.pattern and meta.extra:
                yield meta.pattern, str(meta.extra.get("means", meta.pattern))
    for part in get_args(to):
        yield from _forms(part)


def _remedy(raw: Any, complaint: str) -> str:
    if raw == "" and "length" in complaint:
        return ": it must not be empty"
    found = _EXPECTED.search(complaint)
    if found is None:
        return ""
    wanted, given = found.groups()
    if given == "str" and wanted in {"int", "float"}:
        is_number = _NUMBER.fullmatch(raw) if isinstance(raw, str) else None
        return f"; write {raw} without quotes" if is_number else "; write a number"
    by_type = {
        "str": "; write it in quotes",
        "bool": "; write true or false, without quotes",
        "array": "; write it in [ ]",
        "object": "; write it as { key = value }",
    }
    return by_type.get(wanted, "")
