"""What lines and devices say of themselves: snapshots for `status`, `doctor` and the birth."""

from enum import StrEnum
from typing import NamedTuple

import msgspec

from edge_agent.link_count import LinkCount
from edge_agent.own_health import BaselineHealth, LocalActionHealth, MachineHealth, SalvageHealth
from wire.quality import Quality


class DeviceState(StrEnum):
    """How a device answers, as seen from its line."""

    NEVER_HEARD = "never_heard"
    ANSWERING = "answering"
    MISSING = "missing"
    DEAD = "dead"


class UnitHealth(msgspec.Struct, frozen=True):
    """What one unit did since the start; `stale` are its sound frames that nobody waited for.

    Reply times (µs from the first bit sent to the last received) are of the last 256 replies.
    """

    unit: int
    requests: int = 0
    replies: int = 0
    exceptions: int = 0
    time_outs: int = 0
    crc_errors: int = 0
    wrong_replies: int = 0
    too_early: int = 0
    cancelled: int = 0
    stale: int = 0
    reply_p50_us: int | None = None
    reply_p99_us: int | None = None
    resting_until_us: int = 0


class FrameRecord(msgspec.Struct, frozen=True):
    """Bytes that a line sent, took or discarded; `what` names the direction or the verdict."""

    at_us: int
    what: str
    data: bytes


class Signs(NamedTuple):
    """What of the devices of a line tells of something odd, found in no time: see `Odd`.

    `dead`: those that are known to be dead. `broken`: of those that talk by themselves, how many
    frames were thrown away since the start.
    """

    dead: tuple[str, ...] = ()
    broken: tuple[tuple[str, int], ...] = ()


class Caught(msgspec.Struct, frozen=True):
    """Something odd on a line: `why` in a few words, and the frames up to it, oldest first."""

    why: str
    at_us: int
    frames: tuple[FrameRecord, ...]


class Remedy(msgspec.Struct, frozen=True):
    """What would bring a line to a load that it can carry, each by itself; None or () if nothing.

    `move`: these devices to another line. `baud`: the lowest speed that does, with the load that
    it leaves. `poll_us`: the period of `poll`, devices that are polled too often.
    """

    move: tuple[str, ...] = ()
    baud: int | None = None
    baud_share: float = 0.0
    poll: tuple[str, ...] = ()
    poll_us: int = 0


class LineLoad(msgspec.Struct, frozen=True):
    """The share of a line's time that its polls take, computed from the wire and the reply times.

    `share`: of all, read in the cheapest way. `hard`: of hazard points alone, read apart from the
    rest. `is_measured`: with the reply times of this very line; else with those assumed.
    `late`: points whose period `late_us` can not be kept. `stretch`: by how much the periods of all
    other points grow. `is_full`: single damaged replies already make polls late.
    """

    line: str
    share: float
    hard: float
    is_full: bool
    is_measured: bool = False
    late: tuple[str, ...] = ()
    late_us: int = 0
    stretch: float = 1.0
    remedy: Remedy = Remedy()


NOTICEABLE = 0.02
"""Of a line's time, by what nobody asked for (engineering): single disturbances stay below it."""


class Unasked(msgspec.Struct, frozen=True):
    """What a line heard that nobody had asked for.

    `per_minute`: bytes in the last minute; `share`: of the line's time, None where the wire has no
    speed. `doubled`: devices whose address another one may have as well.
    """

    per_minute: int = 0
    share: float | None = None
    doubled: tuple[str, ...] = ()

    @property
    def is_loud(self) -> bool:
        """Whether it is so much that it disturbs."""
        return self.share is not None and self.share >= NOTICEABLE


class LineHealth(msgspec.Struct, frozen=True):
    """`busy` is the share of the last minute in which the line was in use (0 to 1).

    `problem` says why the port is gone, and is empty while it is open. `units` is empty for a
    stream, which has none. `load`: what its polls ask for, None where that is not known.
    `hears_itself`: our own requests come back, and the configuration does not say so.
    `unasked`: what came in the last minutes that nobody asked for.
    """

    line: str
    is_open: bool
    problem: str = ""
    opened: int = 0
    busy: float = 0.0
    discarded_bytes: int = 0
    units: tuple[UnitHealth, ...] = ()
    load: LineLoad | None = None
    hears_itself: bool = False
    unasked: Unasked = Unasked()


class DeviceHealth(msgspec.Struct, frozen=True):
    """`waits` says what the device waits for until `next_us`; `quality` is its newest worst one.

    `refused`: points that the device refuses to tell. `test_ends_us`: when its test mode ends.
    """

    device: str
    line: str
    state: DeviceState
    last_reply_us: int | None
    misses: int
    last_fault: str
    quality: Quality | None
    waits: str
    next_us: int
    is_test: bool
    link: LinkCount | None = None
    refused: tuple[str, ...] = ()
    test_ends_us: int | None = None


class LaneHealth(msgspec.Struct, frozen=True):
    """The ledger of a lane: taken = stored + buffered + thinned + the sum of dropped.

    `oldest_us`: when the oldest batch began on this boot's clock; None when none waits, or when it
    is of an earlier boot. `in_flight`: batches sent and not covered by a receipt.
    """

    lane: str
    taken: int
    stored: int
    buffered: int
    thinned: int
    dropped: dict[str, int]
    batches: int = 0
    size: int = 0
    oldest_us: int | None = None
    in_flight: int = 0


class UplinkHealth(msgspec.Struct, frozen=True):
    """`connection` counts from the first start on; `receipt_us`: when the last receipt came.

    `round_trip_us`: how long it took, from the message that it answers.
    """

    broker: str
    is_connected: bool
    connection: int
    receipt_us: int | None
    round_trip_us: int | None = None


class Notice(msgspec.Struct, frozen=True):
    """Something that a person should know, and when (RFC 3339, as far as the clock is right)."""

    at: str
    text: str


class WearHealth(msgspec.Struct, frozen=True):
    """What the buffer writes to its card. `per_day`: bytes, by what they are written for.

    `most_per_day`: what all points together could make it write if they changed without end.
    `card_years`: how long the card lasts at this rate; None while nothing is written.
    `chattering`: points (`device:point`) whose changes are committed together, once a second.
    """

    per_day: dict[str, int] = msgspec.field(default_factory=dict)
    most_per_day: int = 0
    card_years: float | None = None
    chattering: tuple[str, ...] = ()


class ConfigHealth(msgspec.Struct, frozen=True):
    """What is in force. `version` of the server, None: the site's own file alone.

    `desired`: the version that the server wanted last, and its `outcome`. `refused`: why what the
    file says now is not in force, with file, line and key. `is_known`: that outcome is no news,
    an earlier run had it, or it was told to the server before.
    """

    hash: str
    version: int | None = None
    desired: int | None = None
    outcome: str = ""
    refused: tuple[str, ...] = ()
    is_known: bool = False


class AgentHealth(msgspec.Struct, frozen=True):
    """Everything at one instant, `now_us` of the boot's clock; `late` names loops that hang.

    `is_in_memory`: the disk failed at the start, and the buffer does not outlive the power.
    `clock_offset_us`: how far the system's clock is ahead of the time that readings carry.
    `buffer_size`: bytes of payload that it may hold.
    `refusal`: why the disk takes nothing at present. `not_taken`: samples given up before they
    were taken, because it refused for long.
    """

    gateway: str
    version: str
    boot: str
    epoch: str
    clock: str
    now_us: int
    started_us: int
    config: ConfigHealth
    lines: tuple[LineHealth, ...]
    devices: tuple[DeviceHealth, ...]
    lanes: tuple[LaneHealth, ...]
    is_in_memory: bool
    not_taken: int
    refusal: str
    uplink: UplinkHealth
    late: tuple[str, ...]
    notices: tuple[Notice, ...]
    machine: MachineHealth = msgspec.field(default_factory=MachineHealth)
    wear: WearHealth = msgspec.field(default_factory=WearHealth)
    clock_offset_us: int | None = None
    buffer_size: int = 0
    local_actions: tuple[LocalActionHealth, ...] = ()
    baselines: tuple[BaselineHealth, ...] = ()
    salvage: tuple[SalvageHealth, ...] = ()
