"""How a kind of device is spoken to: Modbus polls, or a stream of frames."""

from enum import StrEnum
from typing import Annotated

import msgspec

from alarm_rules.duration import Duration
from alarm_rules.rule import Name
from device_profiles.encoding import Address, FrameCode, Table
from device_profiles.framing import Layout, NoBytesOrHex


class Parity(StrEnum):
    """Parity bit of a serial character."""

    NONE = "N"
    EVEN = "E"
    ODD = "O"


class Serial(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the device ships with; a site may have set another."""

    baud: Annotated[int, msgspec.Meta(ge=300, le=4_000_000)] = 9600
    data_bits: Annotated[int, msgspec.Meta(ge=7, le=8)] = 8
    parity: Parity = Parity.NONE
    stop_bits: Annotated[int, msgspec.Meta(ge=1, le=2)] = 1

    @property
    def character_bits(self) -> int:
        """Bits of one character on the wire, with start, parity and stop."""
        return 1 + self.data_bits + (self.parity is not Parity.NONE) + self.stop_bits


class Carrier(StrEnum):
    """What brings Modbus to the device: its own wire, or a network in front of it."""

    RTU = "rtu"
    RTU_OVER_TCP = "rtu_over_tcp"
    TCP = "tcp"


class Probe(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A harmless read whose reply can not be mistaken for any regular one (design P6)."""

    table: Table
    address: Address
    count: Annotated[int, msgspec.Meta(ge=1, le=125)] = 1


class Block(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """One read just so, as the maker prints it: whatever point lies in it comes with it.

    `every`: read no more often than this (what hardly changes); 0 is in every cycle.
    """

    table: Table
    address: Address
    count: Annotated[int, msgspec.Meta(ge=1, le=2000)]
    every: Duration = 0


class Identity(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """A register whose bits under `mask` are `value` in every device of this kind.

    Anything else is another device at this address: all its points are bad/configuration.
    """

    table: Table
    address: Address
    value: Annotated[int, msgspec.Meta(ge=0, le=0xFFFF)]
    mask: Annotated[int, msgspec.Meta(ge=1, le=0xFFFF)] = 0xFFFF
    doc_address: str | None = None


UnitId = Annotated[int, msgspec.Meta(ge=1, le=255)]


class Modbus(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag_field="kind",
    tag="modbus",
    omit_defaults=True,
):
    """Request and reply. Durations are microseconds.

    `late_max`: how late a reply may still come after the time-out; the unit rests so long.
    `turnaround`: silence that the device needs between its reply and the next request.
    `first_unit`..`last_unit`: the addresses that can be set (255 is outside the standard, but
    is made). `probe`: what to read first after a time-out, where the map allows. `blocks`: reads
    to make just so; points outside them are read in as few requests as the limits allow.
    """

    serial: Serial = Serial()
    poll_period: Duration = 1_000_000
    timeout: Duration = 500_000
    late_max: Duration = 3_000_000
    turnaround: Duration = 0
    default_unit: UnitId = 1
    first_unit: UnitId = 1
    last_unit: UnitId = 247
    max_registers: Annotated[int, msgspec.Meta(ge=1, le=125)] = 125
    max_bits: Annotated[int, msgspec.Meta(ge=1, le=2000)] = 2000
    max_gap: Annotated[int, msgspec.Meta(ge=0, le=124)] = 0
    probe: Probe | None = None
    blocks: tuple[Block, ...] = ()
    identity: Identity | None = None
    carriers: Annotated[tuple[Carrier, ...], msgspec.Meta(min_length=1)] = tuple(Carrier)


class Stream(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag_field="kind",
    tag="stream",
    omit_defaults=True,
):
    """A device that talks by itself, in frames of the `layouts` (tried in their order).

    `command`: name of the layout in which it is spoken to; without it nothing is ever sent.
    `liveness`: no valid frame for so long is a communication failure; None: silence proves nothing.
    `heartbeat`: no frame of `heartbeat_frame` for so long makes `heartbeat_point` false.
    `restart_frames`, and a falling `uptime_point`: it was restarted, everything is asked anew.
    `resync`: queries for what is reported on change only, sent on open, after any damage, after a
    restart and every `resync_period`; `settings`: queries for what would make the device silent,
    on open and every `settings_period`. A query carries `query_data` and is asked `tries` times,
    `reply_timeout` apart, then waits for its next round. `answers`: the code of the answer where it
    is not the query's own. `regular`: frames that come by themselves all the time. A point whose
    answer or regular frame stays out for `stale_after` is uncertain/stale. `ignored`: known frames
    that carry no point. `frame_gap`: silence inside a frame after which it counts as broken.
    """

    serial: Serial = Serial(baud=115_200)
    layouts: Annotated[tuple[Layout, ...], msgspec.Meta(min_length=1, max_length=4)]
    command: Name | None = None
    liveness: Duration | None = None
    heartbeat: Duration = 150_000_000
    heartbeat_frame: FrameCode | None = None
    heartbeat_point: Name | None = None
    restart_frames: tuple[FrameCode, ...] = ()
    uptime_point: Name | None = None
    resync: tuple[FrameCode, ...] = ()
    resync_period: Duration = 15_000_000
    settings: tuple[FrameCode, ...] = ()
    settings_period: Duration = 600_000_000
    answers: dict[FrameCode, FrameCode] = {}
    regular: tuple[FrameCode, ...] = ()
    ignored: tuple[FrameCode, ...] = ()
    query_data: NoBytesOrHex = ""
    query_gap: Duration = 50_000
    reply_timeout: Duration = 1_000_000
    tries: Annotated[int, msgspec.Meta(ge=1, le=10)] = 3
    stale_after: Duration = 60_000_000
    frame_gap: Duration = 100_000

    @property
    def command_layout(self) -> Layout | None:
        """In which it is spoken to, if at all."""
        return next((one for one in self.layouts if one.name == self.command), None)

    @property
    def asked(self) -> tuple[FrameCode, ...]:
        """All queries, what is reported on change only first."""
        return (*self.resync, *self.settings)

    def answer_to(self, query: FrameCode) -> FrameCode:
        """The code of the frame that answers a query or command."""
        return self.answers.get(query, query)


Transport = Modbus | Stream
"""One more family is one more struct here and one driver."""
