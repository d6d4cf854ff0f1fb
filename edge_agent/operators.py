"""From the lines under watch to those who carry out commands at them."""

from collections.abc import Awaitable, Callable

from edge_agent.assembly import polled
from edge_agent.buffer.control import Control
from edge_agent.config.model import Config
from edge_agent.health import AgentHealth
from edge_agent.poll.gateway_hand import GatewayHand
from edge_agent.poll.hand import Hand
from edge_agent.poll.modbus_hand import ModbusHand
from edge_agent.poll.operator import Operator
from edge_agent.poll.stream_hand import StreamHand
from edge_agent.watch import AskedLine, HeardLine, Watch
from runtime.clock import Clock


def operators(
    config: Config,
    watches: tuple[Watch, ...],
    control: Control,
    *,
    health: Callable[[], Awaitable[AgentHealth]],
    clock: Clock,
    progress: Callable[[str], None],
) -> tuple[Operator, ...]:
    """One for each line, so that none waits for another's device, and one for the gateway."""
    itself: dict[str | None, Hand] = {None: GatewayHand(health)}
    return (
        Operator("commands", itself, control, progress),
        *(
            Operator(f"commands {watch.name}", _hands(config, watch, clock), control, progress)
            for watch in watches
        ),
    )


def _hands(config: Config, watch: Watch, clock: Clock) -> dict[str | None, Hand]:
    found: dict[str | None, Hand] = {}
    for line in config.lines:
        if watch.name != f"line {line.name}":
            continue
        for device in config.devices_of(line.name):
            if isinstance(watch, AskedLine):
                found[device.id] = ModbusHand(
                    watch.line, polled(device, line), device.profile, clock
                )
            elif isinstance(watch, HeardLine):
                found[device.id] = StreamHand(watch.listener, device.profile)
    return found
