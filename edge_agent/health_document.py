"""The health of an agent as the JSON that its socket gives: ages instead of instants."""

import msgspec
from msgspec.structs import replace

from edge_agent.health import (
    AgentHealth,
    DeviceHealth,
    LaneHealth,
    LineHealth,
    LineLoad,
    Notice,
    Unasked,
    UnitHealth,
)
from edge_agent.own_document import (
    LinkDocument,
    LocalActionDocument,
    MachineDocument,
    link_document,
    local_action_document,
    machine_document,
)
from edge_agent.own_health import BaselineHealth, SalvageHealth

_SECOND_US = 1_000_000


class UnitDocument(msgspec.Struct, frozen=True, kw_only=True):
    """Counts since the start, and reply times of the last 256 replies in milliseconds."""

    unit: int
    requests: int
    replies: int
    faults: dict[str, int]
    reply_p50_ms: float | None
    reply_p99_ms: float | None
    rests_s: float


class LineDocument(msgspec.Struct, frozen=True, kw_only=True):
    """`load`: the share of its time that its polls ask for, with what would help if too much."""

    line: str
    is_open: bool
    problem: str
    opened: int
    busy: float
    discarded_bytes: int
    units: tuple[UnitDocument, ...]
    load: LineLoad | None = None
    hears_itself: bool = False
    unasked: Unasked = Unasked()


class DeviceDocument(msgspec.Struct, frozen=True, kw_only=True):
    device: str
    line: str
    state: str
    last_reply_age_s: float | None
    misses: int
    last_fault: str
    quality: str | None
    waits: str
    next_s: float
    is_test: bool
    test_left_s: float | None = None
    refused: tuple[str, ...] = ()
    link: LinkDocument | None = None


class LaneDocument(msgspec.Struct, frozen=True, kw_only=True):
    """`balances`: taken = stored + buffered + thinned + dropped."""

    lane: str
    taken: int
    stored: int
    buffered: int
    thinned: int
    dropped: dict[str, int]
    balances: bool
    batches: int
    bytes: int
    oldest_age_s: float | None
    in_flight: int


class WearDocument(msgspec.Struct, frozen=True, kw_only=True):
    """Bytes that the buffer writes a day, by what for; the most it could; the card's years."""

    bytes_per_day: dict[str, int] = {}
    most_bytes_per_day: int = 0
    card_years: float | None = None
    chattering: tuple[str, ...] = ()


class UplinkDocument(msgspec.Struct, frozen=True, kw_only=True):
    broker: str
    is_connected: bool
    connection: int
    last_receipt_age_s: float | None
    round_trip_ms: float | None = None


class NoticeDocument(msgspec.Struct, frozen=True):
    at: str
    text: str


class ConfigDocument(msgspec.Struct, frozen=True, kw_only=True):
    """`version`: of the server, null when the site's own file is in force alone.

    `is_known`: the outcome of what is desired is no news, it was so before.
    """

    version: int | None
    desired: int | None
    outcome: str
    refused: tuple[str, ...]
    is_known: bool = False


class AgentDocument(msgspec.Struct, frozen=True, kw_only=True):
    """What `edge-agent status --json` prints of a running agent."""

    gateway: str
    version: str
    boot: str
    epoch: str
    clock: str
    uptime_s: float
    config_hash: str
    config: ConfigDocument
    lines: tuple[LineDocument, ...]
    devices: tuple[DeviceDocument, ...]
    lanes: tuple[LaneDocument, ...]
    is_in_memory: bool
    not_taken: int
    refusal: str
    uplink: UplinkDocument
    late_loops: tuple[str, ...]
    notices: tuple[NoticeDocument, ...]
    wear: WearDocument = WearDocument()
    machine: MachineDocument = MachineDocument()
    clock_offset_s: float | None = None
    buffer_bytes: int = 0
    local_actions: tuple[LocalActionDocument, ...] = ()
    baselines: tuple[BaselineHealth, ...] = ()
    salvage: tuple[SalvageHealth, ...] = ()


def document(health: AgentHealth) -> AgentDocument:
    now_us = health.now_us
    return AgentDocument(
        gateway=health.gateway,
        version=health.version,
        boot=health.boot,
        epoch=health.epoch,
        clock=health.clock,
        uptime_s=_seconds(now_us - health.started_us),
        config_hash=health.config.hash,
        config=ConfigDocument(
            version=health.config.version,
            desired=health.config.desired,
            outcome=health.config.outcome,
            refused=health.config.refused,
            is_known=health.config.is_known,
        ),
        lines=tuple(_line(line, now_us) for line in health.lines),
        devices=tuple(_device(device, now_us) for device in health.devices),
        lanes=tuple(lane_document(lane, now_us) for lane in health.lanes),
        is_in_memory=health.is_in_memory,
        not_taken=health.not_taken,
        refusal=health.refusal,
        uplink=UplinkDocument(
            broker=health.uplink.broker,
            is_connected=health.uplink.is_connected,
            connection=health.uplink.connection,
            last_receipt_age_s=_age(health.uplink.receipt_us, now_us),
            round_trip_ms=_milliseconds(health.uplink.round_trip_us),
        ),
        late_loops=health.late,
        notices=tuple(map(_notice, health.notices)),
        wear=WearDocument(
            bytes_per_day=health.wear.per_day,
            most_bytes_per_day=health.wear.most_per_day,
            card_years=health.wear.card_years,
            chattering=health.wear.chattering,
        ),
        machine=machine_document(health.machine),
        clock_offset_s=_offset_s(health.clock_offset_us),
        buffer_bytes=health.buffer_size,
        local_actions=tuple(local_action_document(one, now_us) for one in health.local_actions),
        baselines=health.baselines,
        salvage=tuple(replace(one, share=round(one.share, 3)) for one in health.salvage),
    )


def _offset_s(microseconds: int | None) -> float | None:
    return None if microseconds is None else _seconds(microseconds)


def _seconds(microseconds: int) -> float:
    return round(microseconds / _SECOND_US, 3)


def _age(at_us: int | None, now_us: int) -> float | None:
    return None if at_us is None else _seconds(max(now_us - at_us, 0))


def _left_s(ends_us: int | None, now_us: int) -> float | None:
    return None if ends_us is None else _seconds(max(ends_us - now_us, 0))


def _line(line: LineHealth, now_us: int) -> LineDocument:
    return LineDocument(
        line=line.line,
        is_open=line.is_open,
        problem=line.problem,
        opened=line.opened,
        busy=round(line.busy, 4),
        discarded_bytes=line.discarded_bytes,
        units=tuple(_unit(unit, now_us) for unit in line.units),
        load=line.load,
        hears_itself=line.hears_itself,
        unasked=replace(line.unasked, share=_share(line.unasked.share)),
    )


def _share(share: float | None) -> float | None:
    return None if share is None else round(share, 4)


def _unit(unit: UnitHealth, now_us: int) -> UnitDocument:
    faults = {
        "exceptions": unit.exceptions,
        "time_outs": unit.time_outs,
        "crc_errors": unit.crc_errors,
        "wrong_replies": unit.wrong_replies,
        "too_early": unit.too_early,
        "cancelled": unit.cancelled,
        "stale": unit.stale,
    }
    return UnitDocument(
        unit=unit.unit,
        requests=unit.requests,
        replies=unit.replies,
        faults={name: count for name, count in faults.items() if count},
        reply_p50_ms=_milliseconds(unit.reply_p50_us),
        reply_p99_ms=_milliseconds(unit.reply_p99_us),
        rests_s=_seconds(max(unit.resting_until_us - now_us, 0)),
    )


def _milliseconds(microseconds: int | None) -> float | None:
    return None if microseconds is None else microseconds / 1_000


def _device(device: DeviceHealth, now_us: int) -> DeviceDocument:
    return DeviceDocument(
        device=device.device,
        line=device.line,
        state=device.state.value,
        last_reply_age_s=_age(device.last_reply_us, now_us),
        misses=device.misses,
        last_fault=device.last_fault,
        quality=None if device.quality is None else str(device.quality),
        waits=device.waits,
        next_s=_seconds(max(device.next_us - now_us, 0)),
        is_test=device.is_test,
        test_left_s=_left_s(device.test_ends_us, now_us),
        refused=device.refused,
        link=None if device.link is None else link_document(device.link),
    )


def lane_document(lane: LaneHealth, now_us: int) -> LaneDocument:
    elsewhere = lane.stored + lane.buffered + lane.thinned + sum(lane.dropped.values())
    return LaneDocument(
        lane=lane.lane,
        taken=lane.taken,
        stored=lane.stored,
        buffered=lane.buffered,
        thinned=lane.thinned,
        dropped=lane.dropped,
        balances=lane.taken == elsewhere,
        batches=lane.batches,
        bytes=lane.size,
        oldest_age_s=_age(lane.oldest_us, now_us),
        in_flight=lane.in_flight,
    )


def _notice(notice: Notice) -> NoticeDocument:
    return NoticeDocument(notice.at, notice.text)
