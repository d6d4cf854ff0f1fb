"""A time that a person set while the agent was stopped: a note that its next start takes."""

from pathlib import Path

import msgspec

from runtime.whole_file import write_whole

NAME = "clock-set.json"
_LARGEST = 4_096


class ClockNote(msgspec.Struct, frozen=True):
    """It was `utc_us` when the clock of `boot` showed `mono_us`; of use in that boot only."""

    boot: str
    mono_us: int
    utc_us: int
    is_forced: bool = False


def leave(folder: Path, note: ClockNote) -> None:
    """Raise OSError."""
    write_whole(folder / NAME, msgspec.json.encode(note))


def take(folder: Path) -> ClockNote | None:
    """The note, which is gone then; None without one, or when it can not be read."""
    file = folder / NAME
    try:
        with file.open("rb") as opened:
            content = opened.read(_LARGEST)
        file.unlink()
        return msgspec.json.decode(content, type=ClockNote)
    except (OSError, msgspec.MsgspecError):
        return None
