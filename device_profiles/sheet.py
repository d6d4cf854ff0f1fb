"""The parts of a sheet about one device: facts, tables and lists, for terminal and page alike."""

from collections.abc import Sequence

import msgspec


class Table(msgspec.Struct, frozen=True):
    """Rows under their headings; all of the same length."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Facts(msgspec.Struct, frozen=True):
    """What something is called, and what it is."""

    pairs: tuple[tuple[str, str], ...]


class Items(msgspec.Struct, frozen=True):
    """A list of sentences; `heading` stands above them, if there is one."""

    items: tuple[str, ...]
    heading: str = ""


class Command(msgspec.Struct, frozen=True):
    """What one may type, and what comes of it."""

    line: str
    says: str


Block = Table | Facts | Items | Command


class Section(msgspec.Struct, frozen=True):
    """Some blocks under a title; none of them: the section is left out."""

    title: str
    blocks: tuple[Block, ...]


class Sheet(msgspec.Struct, frozen=True):
    """All that a technician wants to read of one device, in one language."""

    title: str
    subtitle: str
    facts: Facts
    sections: tuple[Section, ...] = msgspec.field(default=())


def facts(*pairs: tuple[str, str | None]) -> Facts:
    """Without those that nothing is said of."""
    return Facts(tuple((name, text) for name, text in pairs if text))


def blocks(*given: Block) -> tuple[Block, ...]:
    """Without the empty ones."""
    return tuple(one for one in given if not _is_empty(one))


def _is_empty(block: Block) -> bool:
    match block:
        case Table():
            return not block.rows
        case Facts():
            return not block.pairs
        case Items():
            return not block.items
        case Command():
            return not block.line


def sections(given: Sequence[Section]) -> tuple[Section, ...]:
    """Without the empty ones."""
    return tuple(one for one in given if one.blocks)
