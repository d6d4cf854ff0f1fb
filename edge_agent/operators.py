"""From a line under watch, or the gateway itself, to who carries out commands there."""

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


def gateway_operator(
    control: Control,
    *,
    health: Callable[[], Awaitable[AgentHealth]],
    progress: Callable[[str], None],
    before: Callable[[Hand], Hand] = lambda hand: hand,
) -> Operator:
    """For what is asked of the gateway itself.

    `before`: who stands before its hand, for what the gateway itself does about a device.
    """
    itself: dict[str | None, Hand] = {None: before(GatewayHand(health))}
    return Operator("commands", itself, control, progress)


def line_operator(
    config: Config,
    watch: Watch,
    control: Control,
    *,
    clock: Clock,
    progress: Callable[[str], None],
) -> Operator:
    """For the devices of one line: each line has its own, so that none waits for another's."""
    hands = _hands(config, watch, clock)
    return Operator(f"commands {watch.name}", hands, control, progress)


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
