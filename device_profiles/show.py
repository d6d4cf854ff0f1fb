"""A sheet, or a list of the catalogue, as text on a terminal."""

from collections.abc import Iterable, Iterator, Sequence

from device_profiles.handbook import said
from device_profiles.model import Profile
from device_profiles.sheet import Block, Command, Facts, Items, Sheet, Table
from device_profiles.sheet_words import heads, say
from runtime.language import fitted, width, wrapped

_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"


def summarise(profiles: Sequence[Profile], lang: str) -> list[str]:
    """A line for each: id, kind, transport, grade, title."""
    titles = heads(lang, "profile", "kind", "transport", "grade", "title")
    rows = [
        (
            one.id,
            say(lang, one.kind),
            say(lang, transport_word(one)),
            one.evidence.grade.value,
            said(one.title, lang),
        )
        for one in profiles
    ]
    return fitted([titles, *rows], columns=200)


def transport_word(profile: Profile) -> str:
    """`modbus` or `stream`, as the file says it."""
    return str(profile.transport.__struct_config__.tag)


def terminal(sheet: Sheet, columns: int, *, bold: bool) -> str:
    """As wide as it may be; `bold`: titles by escape codes (not with NO_COLOR)."""
    return "\n".join(_lines(sheet, columns, bold=bold))


def _lines(sheet: Sheet, columns: int, *, bold: bool) -> Iterator[str]:
    yield _title(sheet.title, bold=bold)
    yield sheet.subtitle
    yield from _block(sheet.facts, columns)
    for section in sheet.sections:
        yield ""
        yield _title(section.title, bold=bold)
        for index, block in enumerate(section.blocks):
            if index:
                yield ""
            yield from _block(block, columns)


def _title(text: str, *, bold: bool) -> str:
    return f"{_BOLD}{text}{_PLAIN}" if bold else text


def _block(block: Block, columns: int) -> Iterator[str]:
    match block:
        case Table():
            yield from _indented(fitted([block.heads, *block.rows], columns - 2))
        case Facts():
            yield from _indented(_facts(block, columns - 2))
        case Items():
            if block.heading:
                yield from _indented([block.heading])
            for item in block.items:
                yield from _item(item, columns - 4)
        case Command():
            yield f"  {block.says}"
            yield f"    {block.line}"


def _facts(block: Facts, columns: int) -> list[str]:
    """Names in one column; the texts are wrapped beside them."""
    wide = max(width(name) for name, _ in block.pairs) + 2
    lines = []
    for name, text in block.pairs:
        first, *others = wrapped(text, max(columns - wide, 20))
        lines.append(f"{name}{' ' * (wide - width(name))}{first}")
        lines += [f"{' ' * wide}{other}" for other in others]
    return lines


def _item(text: str, columns: int) -> Iterator[str]:
    first, *others = wrapped(text, columns)
    yield f"  - {first}"
    yield from (f"    {other}" for other in others)


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"  {line}" for line in lines)
