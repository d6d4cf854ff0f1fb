"""How much of a line's time its devices ask for, and what would help where that is too much."""

import math
from collections.abc import Mapping, Sequence

import msgspec
from msgspec.structs import replace

from alarm_rules.rule import hazard_points
from device_profiles.transport import Modbus, Serial
from edge_agent.assembly import request_cost, serial_format
from edge_agent.config.model import Config, DeviceConfig, LineConfig
from edge_agent.config.tables import LineKind
from edge_agent.driver.claims import needed_for, parted
from edge_agent.driver.request_cost import THINKING_US, RequestCost
from edge_agent.driver.request_plan import PlannedRead, plan_reads
from edge_agent.exchange import Claim
from edge_agent.health import LineHealth, LineLoad, Remedy, UnitHealth
from edge_agent.load_words import load_text
from edge_agent.poll.schedule import SOFT_SHARE_PER_CENT
from runtime.language import Language

FULL = 0.8
"""Above this share single damaged replies already make polls late."""

_CROWDED, _ROOMY = 0.95, 0.85
_BAUDS = (9_600, 19_200, 38_400, 57_600, 115_200)
_ON_A_WIRE = (LineKind.MODBUS_RTU, LineKind.MODBUS_RTU_OVER_TCP)  # whose speed is known
_ROUND_TO = 100_000  # periods are proposed in tenths of a second


class _Plan(msgspec.Struct, frozen=True):
    """How one device is read: the cheapest way, and with its hazard points apart from the rest."""

    device: DeviceConfig
    hazards: frozenset[str]
    cost: RequestCost
    reads: tuple[PlannedRead, ...] = ()
    apart: tuple[PlannedRead, ...] = ()


class _Asks(msgspec.Struct, frozen=True):
    """What one device asks for: the cheapest way; hazard points read apart; the rest then."""

    plan: _Plan
    share: float
    hard: float
    soft: float

    @property
    def device(self) -> DeviceConfig:
        return self.plan.device

    @property
    def hazards(self) -> frozenset[str]:
        return self.plan.hazards


class LoadMeter:
    """The load of one line by the newest reply times of its units."""

    def __init__(self, line: LineConfig, devices: Sequence[DeviceConfig]) -> None:
        self._line = line
        self._plans = tuple(_plan(device, line) for device in devices)
        self._is_crowded = False

    def load(self, health: LineHealth | None = None) -> LineLoad | None:
        """As the line is now, or as it is assumed to be; None where too little is known."""
        return _load(self._line, self._plans, health.units if health else ())

    def is_crowded(self, health: LineHealth) -> bool:
        """Whether there is too little time for everything; it takes some room to be so no more."""
        load = self.load(health)
        limit = _ROOMY if self._is_crowded else _CROWDED
        self._is_crowded = load is not None and load.share > limit
        return self._is_crowded


def line_load(
    line: LineConfig, devices: Sequence[DeviceConfig], units: Sequence[UnitHealth] = ()
) -> LineLoad | None:
    """Of a Modbus line. `units`: what was measured so far.

    None of a stream, and of Modbus TCP before its devices have answered: the wire behind a server
    is not known.
    """
    return _load(line, tuple(_plan(device, line) for device in devices), units)


def _load(line: LineConfig, plans: Sequence[_Plan], units: Sequence[UnitHealth]) -> LineLoad | None:
    replies = {one.unit: one.reply_p50_us for one in units if one.reply_p50_us is not None}
    is_known = line.kind in _ON_A_WIRE or (line.kind is LineKind.MODBUS_TCP and bool(replies))
    if not is_known:
        return None
    asks = [_asks(plan, line, line.serial, replies) for plan in plans]
    share, hard = sum(one.share for one in asks), sum(one.hard for one in asks)
    late = [one for one in asks if one.hazards] if hard > 1 else []
    return LineLoad(
        line=line.name,
        share=share,
        hard=hard,
        is_full=share > FULL,
        is_measured=bool(replies),
        late=tuple(sorted({point for one in late for point in one.hazards})),
        late_us=min((one.device.period_us for one in late), default=0),
        stretch=_stretch(share, hard, sum(one.soft for one in asks)),
        remedy=_remedy(line, asks, replies) if share > FULL else Remedy(),
    )


def line_loads(config: Config) -> dict[str, LineLoad]:
    """By line, as far as the wire is known."""
    found = {line.name: line_load(line, config.devices_of(line.name)) for line in config.lines}
    return {name: load for name, load in found.items() if load is not None}


def overloads(config: Config, language: Language = Language.EN) -> tuple[str, ...]:
    """A sentence for each line that can not carry its polls, with what would help."""
    return tuple(load_text(load, language) for load in line_loads(config).values() if load.is_full)


def _plan(device: DeviceConfig, line: LineConfig) -> _Plan:
    transport, hazards = device.profile.transport, hazard_points(device.rules.rules)
    if not isinstance(transport, Modbus):
        return _Plan(device, hazards, RequestCost())
    cost, points = request_cost(line, transport), device.profile.points
    reads = plan_reads(points, transport, cost)
    apart = parted(reads, points, transport, needed_for(points, hazards), cost)
    return _Plan(device, hazards, cost, reads, apart)


def _asks(plan: _Plan, line: LineConfig, serial: Serial, replies: Mapping[int, int]) -> _Asks:
    cost = _measured(plan.cost, plan.reads, replies.get(plan.device.unit))
    cost = cost if serial is line.serial else _at_speed(cost, line.serial, serial)
    shares = {
        claim: sum(_share(read, plan.device, cost) for read in plan.apart if read.claim is claim)
        for claim in Claim
    }
    whole = sum(_share(read, plan.device, cost) for read in plan.reads)
    return _Asks(plan, whole, shares[Claim.HARD], shares[Claim.SOFT])


def _share(read: PlannedRead, device: DeviceConfig, cost: RequestCost) -> float:
    return cost.read_us(read.table, read.count) / max(device.period_us, read.every_us)


def _measured(cost: RequestCost, reads: Sequence[PlannedRead], reply_us: int | None) -> RequestCost:
    """With the device's own thinking: what of its median reply time is not on the wire."""
    if reply_us is None or not reads:
        return cost
    wire = replace(cost, between_us=0)
    on_wire_us = sum(wire.read_us(read.table, read.count) for read in reads) // len(reads)
    return replace(cost, between_us=cost.between_us - THINKING_US + max(reply_us - on_wire_us, 0))


def _at_speed(cost: RequestCost, now: Serial, then: Serial) -> RequestCost:
    gap_us = serial_format(now).gap_us - serial_format(then).gap_us
    return replace(
        cost,
        character_us=cost.character_us * now.baud / then.baud,
        between_us=cost.between_us - max(gap_us, 0),
    )


def _stretch(share: float, hard: float, soft: float) -> float:
    """By how much the periods of the rest grow when hazard points keep theirs."""
    if share <= 1:
        return 1.0
    return max(soft / max(1 - hard, SOFT_SHARE_PER_CENT / 100), 1.0)


def _remedy(line: LineConfig, asks: Sequence[_Asks], replies: Mapping[int, int]) -> Remedy:
    baud, baud_share = _faster(line, asks, replies)
    poll, poll_us = _slower(asks)
    return Remedy(_moved(asks), baud, baud_share, poll, poll_us)


def _moved(asks: Sequence[_Asks]) -> tuple[str, ...]:
    """The fewest devices whose leaving is enough; those without hazard points first."""
    left, moved = sum(one.share for one in asks), list[str]()
    for one in sorted(asks, key=lambda one: (bool(one.hazards), -one.share)):
        if left <= FULL:
            break
        left -= one.share
        moved.append(one.device.id)
    return tuple(moved) if len(moved) < len(asks) else ()


def _faster(
    line: LineConfig, asks: Sequence[_Asks], replies: Mapping[int, int]
) -> tuple[int | None, float]:
    for baud in _BAUDS if line.kind in _ON_A_WIRE else ():
        if baud > line.serial.baud:
            faster = msgspec.structs.replace(line.serial, baud=baud)
            share = sum(_asks(one.plan, line, faster, replies).share for one in asks)
            if share <= FULL:
                return baud, share
    return None, 0.0


def _slower(asks: Sequence[_Asks]) -> tuple[tuple[str, ...], int]:
    """Devices without hazard points if that is enough, else all: how much slower is slow enough."""
    rest = [one for one in asks if not one.hazards]
    kept = sum(one.share for one in asks if one.hazards)
    chosen, room = (rest, FULL - kept) if rest and kept < FULL else (list(asks), FULL)
    longest_us = max(one.device.period_us for one in chosen)
    wanted_us = sum(one.share for one in chosen) / room * longest_us
    return tuple(one.device.id for one in chosen), math.ceil(wanted_us / _ROUND_TO) * _ROUND_TO
