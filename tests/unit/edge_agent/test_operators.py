"""Each line has an operator with a hand for each of its devices, and the gateway has one."""

from collections.abc import Sequence
from pathlib import Path

from edge_agent.buffer import rows
from edge_agent.buffer.control import Control
from edge_agent.buffer.timebase import Timekeeper
from edge_agent.config.load import load_config
from edge_agent.exchange import Sample
from edge_agent.health import AgentHealth
from edge_agent.operators import gateway_operator, line_operator
from edge_agent.poll.gateway_hand import GatewayHand
from edge_agent.poll.modbus_hand import ModbusHand
from edge_agent.poll.stream_hand import StreamHand
from edge_agent.watch import watches
from runtime.clock import SystemClock
from runtime.database import Database

CLOCK = SystemClock()
TOML = """
gateway.id = "gw-001"
buffer.path = "buffer.db"
mqtt = { host = "127.0.0.1", tls = false }
[lines]
shed = { kind = "modbus-rtu", port = "ttyShed" }
room = { kind = "uart", port = "ttyRoom" }
[devices]
smoke-1 = { profile = "calectro_ug3", line = "shed" }
smoke-2 = { profile = "calectro_ug3", line = "shed", unit = 2 }
radar-1 = { profile = "micradar_r60afd1", line = "room" }
"""


class Nowhere:
    def accept(self, device: str, samples: Sequence[Sample]) -> None:
        raise AssertionError(device, samples)


async def health() -> AgentHealth:
    raise AssertionError


async def test_one_operator_for_each_line_and_one_for_the_gateway(tmp_path: Path) -> None:
    (tmp_path / "agent.toml").write_text(TOML)
    config = load_config(tmp_path / "agent.toml", {}).config
    async with Database(tmp_path / "buffer.db", rows.migrate) as database:
        control = Control(database, Timekeeper(CLOCK), {})
        made = [
            gateway_operator(control, health=health, progress=lambda _: None),
            *(
                line_operator(config, watch, control, clock=CLOCK, progress=lambda _: None)
                for watch in watches(config, Nowhere(), CLOCK, lambda _: None)
            ),
        ]
    hands = {one.name: {name: type(hand) for name, hand in one._hands.items()} for one in made}
    assert hands == {
        "commands": {None: GatewayHand},
        "commands line shed": {"smoke-1": ModbusHand, "smoke-2": ModbusHand},
        "commands line room": {"radar-1": StreamHand},
    }
