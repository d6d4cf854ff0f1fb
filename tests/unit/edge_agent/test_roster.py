"""Lines are started and stopped by name; one that stays is the same, and nobody hangs."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from edge_agent.buffer import rows
from edge_agent.buffer.control import Control
from edge_agent.buffer.timebase import Timekeeper
from edge_agent.config.load import load_config
from edge_agent.exchange import Sample
from edge_agent.health import AgentHealth
from edge_agent.roster import Roster
from runtime.clock import SystemClock
from runtime.database import Database
from runtime.progress import Progress
from simulators.serial_line import SerialLine
from simulators.smoke_detector import SmokeDetector
from tests.patience import until

TOML = """
gateway.id = "gw-1"
mqtt = { host = "localhost", tls = false }
lines.shed = { kind = "modbus-rtu", port = "ttyShed", settle = "0s" }
lines.hall = { kind = "modbus-rtu", port = "ttyHall", settle = "0s" }
lines.spare = { kind = "modbus-rtu", port = "ttySpare" }
devices.a = { profile = "calectro_ug3", line = "shed", poll_period = "50ms" }
devices.b = { profile = "calectro_ug3", line = "hall", poll_period = "50ms" }
"""


class Heard:
    def __init__(self) -> None:
        self.counts: dict[str, int] = {}

    def accept(self, device: str, samples: Sequence[Sample]) -> None:
        self.counts[device] = self.counts.get(device, 0) + len(samples)


async def no_health() -> AgentHealth:
    raise AssertionError


async def test_lines_are_exchanged_by_name(tmp_path: Path) -> None:
    (tmp_path / "agent.toml").write_text(TOML)
    config, clock, heard = load_config(tmp_path / "agent.toml", {}).config, SystemClock(), Heard()
    progress = Progress(clock)
    with (
        SerialLine([SmokeDetector(1)], link=tmp_path / "ttyShed"),
        SerialLine([SmokeDetector(1)], link=tmp_path / "ttyHall"),
    ):
        async with Database(tmp_path / "b.db", rows.migrate) as database:
            control = Control(database, Timekeeper(clock), {})
            roster = Roster(
                intake=heard, control=control, clock=clock, progress=progress, health=no_health
            )
            async with asyncio.TaskGroup() as group:
                roster.start_gateway(group)
                roster.start(config, group)
                await roster.started()
                assert [one.name for one in roster.watches] == ["line shed", "line hall"]
                await until(lambda: heard.counts.keys() >= {"a", "b"})
                shed, hall = roster.watches
                await roster.stop(["hall", "never"])
                assert list(roster.watches) == [shed]
                roster.start(config, group, ["hall"])
                await roster.started()
                stays, anew = list(roster.watches)
                tested = tuple(replace(one, is_test=True) for one in config.devices)
                roster.retune(config, replace(config, devices=tested))
                modes = [one.is_test for watch in roster.watches for one in watch.device_health()]
                assert modes == [True, True]
                assert stays is shed
                assert anew is not hall
                before = heard.counts["b"]
                await until(lambda: heard.counts["b"] > before)
                assert progress.late() == ()
                await roster.stop_all()
                assert not roster.watches
