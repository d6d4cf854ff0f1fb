"""Builds the parts of a running agent over its buffer, and who looks at them."""

from collections.abc import Awaitable, Callable

import msgspec

from edge_agent import assembly, on_site
from edge_agent.baseline.keeper import Baselines
from edge_agent.baseline.orders import BaselineHand
from edge_agent.beside import frame_keeper, local_actor, session_of
from edge_agent.buffer.control import Control
from edge_agent.buffer.lanes import Lanes
from edge_agent.buffer.reserve import lacking
from edge_agent.buffer.reserving import filled, reserved
from edge_agent.buffer.retention import Limits
from edge_agent.buffer.salvor import Salvor
from edge_agent.buffer.sources import Waiting
from edge_agent.buffer.timebase import Timekeeper
from edge_agent.config.model import Config
from edge_agent.configuration import Configuration
from edge_agent.health import AgentHealth
from edge_agent.local_action.tap import Tap
from edge_agent.observe import Notices, Observer, Parts
from edge_agent.persist import persist
from edge_agent.roster import Roster
from edge_agent.test_mode.keeper import TermKeeper
from edge_agent.uplink.publisher import Publisher
from runtime.clock import Clock
from runtime.database import Database
from runtime.progress import Progress
from runtime.version import VERSION
from wire.identity import Software


class Ground(msgspec.Struct, frozen=True, kw_only=True):
    """What is there before the buffer is: of one agent, for all of its life."""

    config: Config
    epoch: str
    clock: Clock
    timekeeper: Timekeeper
    configuration: Configuration
    baselines: Baselines
    terms: TermKeeper
    notices: Notices
    health: Callable[[], Awaitable[AgentHealth]]


async def built(ground: Ground, database: Database, limits: Limits, waiting: Waiting) -> Parts:
    """All parts, joined; none of them runs yet. Raise sqlite3.Error."""
    config, clock, progress = ground.config, ground.clock, Progress(ground.clock)
    standing, tell = ground.configuration, ground.notices.tell
    lanes = Lanes(
        database=database,
        timekeeper=ground.timekeeper,
        gateway=config.gateway,
        epoch=ground.epoch,
        limits=limits,
        plan=standing.plan,
        progress=progress.shown,
        tell=tell,
        group_readings=config.buffer.group_readings,
    )
    lanes.is_whole = not waiting.sources
    await lanes.remember()
    tell(on_site.take_note(config.buffer.path.parent, ground.timekeeper))
    control = Control(database, ground.timekeeper, standing.profiles)
    control.knows_all = waiting.knows_commands
    await control.recover()
    start = await lanes.next_connection()
    session = session_of(config, clock, start)
    publisher = Publisher(
        gateway=config.gateway,
        lanes=lanes,
        control=control,
        session=session,
        clock=clock,
        timekeeper=ground.timekeeper,
        birth=lambda boot, anchors: assembly.birth(
            standing.config, Software("edge-agent", VERSION), (boot, parts.connection), anchors
        ),
        progress=progress.shown,
        # what came in may be of boots whose anchors a birth has to tell
        config_hash=lambda: f"{standing.said} {parts.salvor.times_shown}",
        desire=standing.desire,
    )
    actor = local_actor(
        standing,
        control=control,
        lanes=lanes,
        publisher=publisher,
        session=session,
        clock=clock,
        tell=tell,
        progress=progress.shown,
    )
    parts = Parts(
        database=database,
        lanes=lanes,
        control=control,
        session=session,
        publisher=publisher,
        roster=Roster(
            intake=Tap(Tap(lanes, actor.heard), ground.baselines.heard),
            control=control,
            clock=clock,
            progress=progress,
            health=ground.health,
            tell=tell,
            before=lambda hand: BaselineHand(ground.baselines, hand),
            way=lanes.way,
        ),
        actor=actor,
        keeper=frame_keeper(standing, ground.timekeeper, lambda: parts.roster.watches),
        salvor=Salvor(
            database=database,
            waiting=waiting,
            clock=clock,
            tell=tell,
            progress=progress,
            came_in=control.came_in,
            shown=lambda: _shown(parts),
            meter=lanes.wear.meter,
            way=lanes.way,
        ),
        progress=progress,
        start=start,
    )
    return parts


async def _shown(parts: Parts) -> None:
    """Rows that were set aside may leave now; the last of them took of the reserve."""
    parts.lanes.came_in(is_whole=parts.salvor.is_whole)
    parts.publisher.came_in()
    if parts.salvor.is_whole and not lacking(parts.database.path):
        await filled(parts.database, parts.lanes.wear.meter)


async def settle(parts: Parts, tell: Callable[[str], None], *, is_on_disk: bool) -> None:
    """Beside the watch: hold the buffer's reserve, then bring in what was set aside."""
    await parts.roster.started()  # the first readings do not wait for it
    if is_on_disk:  # memory is not to be filled for nothing
        tell(await reserved(parts.database, parts.lanes.wear.meter))
    await persist(parts.salvor.run, tell)


def observer(ground: Ground, parts: Parts) -> Observer:
    """Who gathers the health of these parts."""
    return Observer(
        configuration=ground.configuration,
        version=VERSION,
        epoch=ground.epoch,
        clock=ground.clock,
        timekeeper=ground.timekeeper,
        notices=ground.notices,
        parts=parts,
        baselines=ground.baselines.health,
        test_ends=ground.terms.ends,
    )
