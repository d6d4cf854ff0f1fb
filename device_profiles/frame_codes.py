"""Which layouts carry a kind of frame, and what a layout can not say."""

from collections.abc import Sequence

from device_profiles.framing import BinaryFrame, Layout
from device_profiles.transport import Stream

_HEX = frozenset("0123456789ABCDEF ")


def carriers(code: str, layouts: Sequence[Layout]) -> list[Layout]:
    """The layouts whose frames may be of this kind."""
    return [layout for layout in layouts if _carries(layout, code)]


def _carries(layout: Layout, code: str) -> bool:
    if isinstance(layout, BinaryFrame) and layout.codes:
        return code in layout.codes
    if isinstance(layout, BinaryFrame) and layout.code_at is not None:
        return set(code) <= _HEX and len(code.split(" ")) == layout.code_size
    return layout.code == code


def kinds_of(layouts: Sequence[Layout]) -> str:
    """For people: what a code has to look like here."""
    return " or ".join(dict.fromkeys(map(_kind_of, layouts)))


def _kind_of(layout: Layout) -> str:
    if isinstance(layout, BinaryFrame) and layout.codes:
        return " or ".join(map(repr, layout.codes))
    if isinstance(layout, BinaryFrame) and layout.code_at is not None:
        return f"{layout.code_size} bytes such as {' '.join(['0A'] * layout.code_size)!r}"
    return f"{layout.code!r}"


def command_of(transport: Stream) -> BinaryFrame | None:
    """The layout in which the device is spoken to; None when it is not, or not in frames."""
    layout = transport.command_layout
    return layout if isinstance(layout, BinaryFrame) else None


def unsayable(transport: Stream, code: str, data: str) -> str | None:
    """Why no such frame can be sent, and what would be right; None when it can."""
    layout = command_of(transport)
    if layout is None:
        return "can not be sent: transport.command names no binary layout"
    if not _carries(layout, code):
        return f"{code!r} is no code of layout {layout.name!r}: it takes {_kind_of(layout)}"
    size = len(bytes.fromhex(data))
    if layout.fixed_length is not None and size != layout.fixed_length:
        return f"carries {size} bytes of data, frames of {layout.name!r} {layout.fixed_length}"
    if size > layout.max_length:
        return (
            f"carries {size} bytes of data, frames of {layout.name!r} at most {layout.max_length}"
        )
    return None
