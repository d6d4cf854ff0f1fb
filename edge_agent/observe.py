"""Gathers the agent's health from its running parts."""

import logging
from collections import deque
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import msgspec
from msgspec.structs import replace

from edge_agent.buffer.backlog import Backlog
from edge_agent.buffer.control import Control
from edge_agent.buffer.lanes import Lanes
from edge_agent.buffer.rows import Ledger
from edge_agent.buffer.salvor import Salvor
from edge_agent.buffer.timebase import Timebase, Timekeeper
from edge_agent.buffer.wear import COMMIT_BYTES, years
from edge_agent.configuration import Configuration
from edge_agent.frames.keeper import Keeper
from edge_agent.health import (
    AgentHealth,
    DeviceHealth,
    LaneHealth,
    LineHealth,
    Notice,
    UnitHealth,
    UplinkHealth,
    WearHealth,
)
from edge_agent.link_readings import link_of
from edge_agent.local_action.actor import Actor
from edge_agent.machine import machine_health
from edge_agent.own_health import BaselineHealth, SalvageHealth
from edge_agent.roster import Roster
from edge_agent.uplink.publisher import Publisher
from runtime.clock import Clock
from runtime.database import Database
from runtime.mqtt import Session
from runtime.progress import Progress
from wire.topic import Lane

log = logging.getLogger(__name__)

_NOTICES = 20
_AGAIN_US = 10_000_000
_CONNECTIONS = 2**20


class Notices:
    """The last twenty things that a person should know, each once."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: deque[tuple[int, Notice]] = deque(maxlen=_NOTICES)

    def add(self, text: str) -> bool:
        """Keep it, in the place of the same text; whether it was not said for ten seconds.

        What fails some times a second fills neither this list nor the log.
        """
        now_us = self._clock.mono_us()
        for place, (at_us, notice) in enumerate(self._kept):
            if notice.text == text:
                if now_us - at_us < _AGAIN_US:
                    return False
                del self._kept[place]
                break
        at = datetime.fromtimestamp(self._clock.utc_us() / 1_000_000, tz=UTC)
        self._kept.append((now_us, Notice(at.isoformat(timespec="seconds"), text)))
        return True

    def tell(self, text: str) -> None:
        """Keep it and log it, if there is anything to say that was not said just now."""
        if text and self.add(text):
            log.warning("%s", text)

    def all(self) -> tuple[Notice, ...]:
        return tuple(notice for _, notice in self._kept)


class Parts(msgspec.Struct, frozen=True):
    """What runs; made by the app."""

    database: Database
    lanes: Lanes
    control: Control
    session: Session
    publisher: Publisher
    roster: Roster
    actor: Actor
    keeper: Keeper
    salvor: Salvor
    progress: Progress
    start: int

    @property
    def connection(self) -> int:
        """What birth and status state."""
        return number(self.start, self.session.connection)


def number(start: int, connection: int) -> int:
    """Grows over all starts of one buffer; a start has room for a million connections."""
    return start * _CONNECTIONS + connection


class Observer:
    """Knows the parts; asked by the health socket."""

    def __init__(
        self,
        *,
        configuration: Configuration,
        version: str,
        epoch: str,
        clock: Clock,
        timekeeper: Timekeeper,
        notices: Notices,
        parts: Parts,
        baselines: Callable[[], tuple[BaselineHealth, ...]] = tuple,
        test_ends: Callable[[], Mapping[str, int]] = dict,
    ) -> None:
        """`test_ends`: when each device's test mode ends, on this boot's clock."""
        self._configuration = configuration
        self._version = version
        self._epoch = epoch
        self._clock = clock
        self._timekeeper = timekeeper
        self._notices = notices
        self._parts = parts
        self._baselines = baselines
        self._test_ends = test_ends
        self._started_us = clock.mono_us()

    async def health(self) -> AgentHealth:
        """Everything at this instant."""
        parts, config = self._parts, self._configuration.config
        timebase = self._timekeeper.now()
        lines = tuple(watch.line_health() for watch in parts.roster.watches)
        units, tests = self._units(lines), self._test_ends()
        return AgentHealth(
            gateway=config.gateway,
            version=self._version,
            boot=timebase.boot,
            epoch=self._epoch,
            clock=timebase.state.value,
            now_us=timebase.mono_us,
            started_us=self._started_us,
            config=self._configuration.health(),
            lines=lines,
            devices=tuple(
                _linked(one, units, tests)
                for watch in parts.roster.watches
                for one in watch.device_health()
            ),
            lanes=await self._lanes(timebase),
            is_in_memory=parts.database.path != config.buffer.path,
            not_taken=parts.lanes.not_taken,
            refusal=parts.lanes.refusal,
            uplink=self._uplink(),
            late=parts.progress.late(),
            notices=self._notices.all(),
            machine=machine_health(config.buffer.path.parent),
            wear=self._wear(timebase),
            local_actions=parts.actor.health(),
            baselines=self._baselines(),
            salvage=tuple(
                SalvageHealth(one.file, one.part.value, one.share, one.readings, one.problem)
                for one in parts.salvor.extents()
            ),
            clock_offset_us=_offset_us(timebase, self._clock),
            buffer_size=self._configuration.config.buffer.size,
        )

    def _units(self, lines: tuple[LineHealth, ...]) -> dict[str, UnitHealth]:
        """By device."""
        found = {(line.line, unit.unit): unit for line in lines for unit in line.units}
        wanted = {one.id: (one.line, one.unit) for one in self._configuration.config.devices}
        return {name: found[place] for name, place in wanted.items() if place in found}

    def _wear(self, timebase: Timebase) -> WearHealth:
        lanes, now_us = self._parts.lanes, timebase.mono_us
        rates = lanes.wear.so_far().per_day()
        lasts = years(self._configuration.config.buffer.endurance, sum(rates.values()))
        return WearHealth(
            rates,
            lanes.pace.commits_per_day() * COMMIT_BYTES,
            None if lasts is None else round(lasts, 1),
            tuple(":".join(place) for place in lanes.pace.chattering(now_us)),
        )

    async def _lanes(self, timebase: Timebase) -> tuple[LaneHealth, ...]:
        ledgers = await self._parts.lanes.ledgers()
        waiting = await self._parts.lanes.backlogs()
        senders = self._parts.publisher.senders
        return tuple(
            lane_health(lane, ledgers[lane], waiting[lane], timebase, len(senders[lane].window))
            for lane in Lane
        )

    def _uplink(self) -> UplinkHealth:
        options = self._configuration.config.mqtt
        return UplinkHealth(
            broker=f"{options.host}:{options.port}",
            is_connected=self._parts.session.is_connected,
            connection=self._parts.connection,
            receipt_us=self._parts.publisher.receipt_us,
            round_trip_us=self._parts.publisher.round_trip_us,
        )


def _linked(
    device: DeviceHealth, units: Mapping[str, UnitHealth], tests: Mapping[str, int]
) -> DeviceHealth:
    unit = units.get(device.device)
    link = device.link if unit is None else link_of(unit)
    return replace(device, link=link, test_ends_us=tests.get(device.device))


def _offset_us(timebase: Timebase, clock: Clock) -> int | None:
    now_us = timebase.utc_us(clock.mono_us())
    return None if now_us is None else clock.utc_us() - now_us


def lane_health(
    lane: Lane, ledger: Ledger, waiting: Backlog, timebase: Timebase, in_flight: int
) -> LaneHealth:
    """A lane's ledger and backlog; what began under another boot has no age."""
    is_ours = waiting.boot == timebase.boot
    return LaneHealth(
        lane=lane.value,
        taken=ledger.taken,
        stored=ledger.stored,
        buffered=ledger.buffered,
        thinned=ledger.thinned,
        dropped=ledger.dropped,
        batches=waiting.batches,
        size=waiting.size,
        oldest_us=waiting.mono_ms * 1_000 if is_ours else None,
        in_flight=in_flight,
    )
