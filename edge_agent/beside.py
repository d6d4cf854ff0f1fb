"""What stands beside the lines: the session, local actions, the keeper of frames."""

from collections.abc import Callable

from edge_agent.buffer.control import Control
from edge_agent.buffer.lanes import Lanes
from edge_agent.buffer.timebase import Timekeeper
from edge_agent.config.model import Config
from edge_agent.configuration import Configuration
from edge_agent.frames.keeper import Keeper, Watch
from edge_agent.frames.store import Store
from edge_agent.local_action.actor import Actor
from edge_agent.local_action.book import Book
from edge_agent.local_action.cut_off import CutOff
from edge_agent.observe import number
from edge_agent.uplink.publisher import Publisher
from runtime.clock import Clock
from runtime.mqtt import Session, Will
from wire.identity import Presence, Status, encode_identity
from wire.topic import Down, Up, down, up


def session_of(config: Config, clock: Clock, start: int) -> Session:
    """The connection to the broker, whose will says that this gateway is gone."""

    def will(connection: int) -> Will:
        status = Status(Presence.OFFLINE, clock.boot, number(start, connection))
        return Will(up(config.gateway, Up.STATUS), encode_identity(status))

    return Session(
        config.mqtt,
        subscriptions=[down(config.gateway, kind) for kind in Down],
        will=will,
    )


def local_actor(
    configuration: Configuration,
    *,
    control: Control,
    lanes: Lanes,
    publisher: Publisher,
    session: Session,
    clock: Clock,
    tell: Callable[[str], None],
    progress: Callable[[str], None],
) -> Actor:
    """What it did stands in a file beside the buffer."""
    cut_off = CutOff(clock.mono_us())
    return Actor(
        lambda: configuration.config.local_actions,
        orders=control,
        intake=lanes,
        book=Book(configuration.config.buffer.path.with_name("local-actions")),
        clock=clock,
        is_cut_off=lambda: cut_off.judge(
            clock.mono_us(), publisher.receipt_us, is_connected=session.is_connected
        ),
        tell=tell,
        progress=progress,
    )


def frame_keeper(
    configuration: Configuration, timekeeper: Timekeeper, watches: Callable[[], tuple[Watch, ...]]
) -> Keeper:
    """Its dumps stand in a folder beside the buffer."""

    def now() -> tuple[int, int | None]:
        timebase = timekeeper.now()
        return timebase.mono_us, timebase.offset_us

    folder = configuration.config.buffer.path.with_name("frames")
    return Keeper(watches, configuration.kinds, now, Store(folder))
