"""A sheet as a page of Markdown."""

import re
from collections.abc import Iterable, Iterator

from device_profiles.sheet import Block, Command, Facts, Items, Sheet, Table

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_SPECIAL = re.compile(r"([\\`*|<>])")


def markdown(sheet: Sheet, above: Iterable[str]) -> str:
    """`above`: lines under the title, such as links, that are Markdown already."""
    return "\n".join(_lines(sheet, above)).rstrip() + "\n"


def _lines(sheet: Sheet, above: Iterable[str]) -> Iterator[str]:
    yield f"# {escaped(sheet.title)}"
    yield ""
    for line in above:
        yield line
        yield ""
    yield f"**{escaped(sheet.subtitle)}**"
    yield ""
    yield from _block(sheet.facts)
    for section in sheet.sections:
        yield f"## {escaped(section.title)}"
        yield ""
        for block in section.blocks:
            yield from _block(block)


def escaped(text: str) -> str:
    """What would mean something to Markdown means itself."""
    return _SPECIAL.sub(r"\\\1", text)


def _table(table: Table) -> Iterator[str]:
    yield row(map(escaped, table.heads))
    yield row("---" for _ in table.heads)
    for first, *others in table.rows:
        yield row(
            [code(first) if _NAME.fullmatch(first) else escaped(first), *map(escaped, others)]
        )


def code(text: str) -> str:
    """As one types it; the text has no backtick."""
    return f"`{text}`"


def _colon(name: str) -> str:
    """As the language of the name writes it."""
    return ": " if name.isascii() else "："


def row(cells: Iterable[str]) -> str:
    """One row of a table."""
    return f"| {' | '.join(cells)} |"


def _block(block: Block) -> Iterator[str]:
    match block:
        case Table():
            yield from _table(block)
        case Facts():
            yield from (
                f"- {escaped(name)}{_colon(name)}{escaped(text)}" for name, text in block.pairs
            )
        case Items():
            if block.heading:
                yield f"**{escaped(block.heading)}**"
                yield ""
            yield from (f"- {escaped(item)}" for item in block.items)
        case Command():
            yield escaped(block.says)
            yield ""
            yield "```sh"
            yield block.line
            yield "```"
    yield ""
