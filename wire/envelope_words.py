"""What an envelope may say: key, base, sent, through, encoding and clock, as types."""

from enum import StrEnum

import msgspec

from wire.statement import Statement

SENML_JSON = "application/senml+json"
COMPRESSED = "application/zlib"
JSON = "application/json"


class Encoding(StrEnum):
    """How the payload is packed; `zlib-1` has the preset dictionary of wire version 1."""

    RAW = "raw"
    ZLIB = "zlib"
    ZLIB_DICTIONARY = "zlib-1"


class ClockState(StrEnum):
    """What the gateway knows of the wall clock (design section 3, *Time*)."""

    SYNCHRONISED = "synchronised"
    HOLDOVER = "holdover"
    SERVER = "server"
    UNSET = "unset"


class Cover(msgspec.Struct, frozen=True, array_like=True):
    """A key that a thinned batch stands for: its readings taken, and how many of them are kept."""

    seq: int
    taken: int
    kept: int


class Key(msgspec.Struct, frozen=True, omit_defaults=True):
    """(gateway, lane, epoch, seq) identifies a batch; gateway and lane stand in the topic.

    `taken`: the readings that it stands for, so that even a payload that is refused can be counted.
    A thinned batch has the last key that it covers, and its payload holds, cover by cover in this
    order, the readings kept of each.
    """

    epoch: str
    seq: int
    taken: int
    covers: tuple[Cover, ...] = ()


class Base(msgspec.Struct, frozen=True):
    """Where a committed batch stands in time: boot, ms on its clock, and the state of the clock."""

    boot: str
    mono: int
    clock: ClockState


class Sent(msgspec.Struct, frozen=True):
    """Boot, ms on its clock, and state of the clock at the moment of publishing."""

    boot: str
    mono: int
    clock: ClockState


class Through(msgspec.Struct, frozen=True, omit_defaults=True):
    """Complete through: every reading up to `mono` (ms of the sending boot) is in a stated key.

    `utc` (us) says the same in UTC, when the gateway's clock is set.
    """

    mono: int
    utc: int | None = None


class Envelope(msgspec.Struct, frozen=True):
    """All user properties of one message; what a stranger leaves out is None."""

    encoding: Encoding = Encoding.RAW
    key: Key | None = None
    statement: Statement | None = None
    base: Base | None = None
    sent: Sent | None = None
    through: Through | None = None
