"""A gateway that is cut off still warns: smoke at one device, the relay of another, no broker."""

import asyncio
import re
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

from runtime.mqtt import Session
from simulators.broker import Broker, free_port
from simulators.serial_line import SerialLine
from simulators.smoke_detector import SmokeDetector
from tests.acceptance.test_agent_runs import agent, run, serving
from tests.patience import until
from tests.prometheus_text import read
from wire.command import Outcome, Result, decode_command
from wire.topic import Up

Connect = Callable[..., Session]
GATEWAY = "gw-001"


@dataclass
class Site:
    """Smoke at one, a siren on the relay of the other; each on a line of its own."""

    file: Path
    smoke: SmokeDetector
    siren: SmokeDetector

    def sounds(self) -> bool:
        return self.siren.state(time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000)["relay"]

    def orders(self) -> list[tuple[str, str]]:
        """Every order that was given, and how far it is."""
        path = self.file.with_name("buffer.db")
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            return connection.execute("SELECT id, state FROM command ORDER BY number").fetchall()

    def clear(self) -> None:
        """The air is clear, and somebody resets the detector on the spot."""
        self.smoke.set_smoke(False)
        self.smoke.reset()


@asynccontextmanager
async def site(folder: Path, port: int) -> AsyncIterator[Site]:
    smoke, siren = SmokeDetector(1), SmokeDetector(2)
    file = folder / "agent.toml"
    file.write_text(f"""
gateway.id = "{GATEWAY}"
clock.trust = "system"
buffer.path = "buffer.db"
mqtt = {{ host = "127.0.0.1", port = {port}, tls = false }}
[lines.shed]
kind = "modbus-rtu"
port = "ttyShed"
settle = "0s"
[lines.roof]
kind = "modbus-rtu"
port = "ttyRoof"
settle = "0s"
[devices.smoke-01]
profile = "calectro_ug3"
line = "shed"
poll_period = "100ms"
[devices.siren-01]
profile = "calectro_ug3"
line = "roof"
unit = 2
poll_period = "100ms"
[local_actions.siren]
when = [{{ device = "smoke-01", rule = "smoke" }}]
device = "siren-01"
action = "relay_test"
undo = "reset"
at_most_every = "0s"
""")
    with (
        SerialLine([smoke], link=folder / "ttyShed"),
        SerialLine([siren], link=folder / "ttyRoof"),
    ):
        yield Site(file, smoke, siren)


async def heard(here: Site) -> None:
    await until(lambda: here.smoke.reads > 2 and here.siren.reads > 2)
    await asyncio.sleep(1.2)  # it may believe in its connection for a second after its start


def unmarked(order: str) -> str:
    """Its id without what tells it from those of another memory."""
    return re.sub(r"^(local-siren-)[0-9a-f]{6}-", r"\1", order)


async def test_without_a_broker_the_siren_sounds_within_twenty_polls_until_it_is_over(
    tmp_path: Path,
) -> None:
    async with site(tmp_path, free_port()) as here, agent(here.file) as process:
        await heard(here)
        assert not here.sounds()
        reads = here.smoke.reads
        here.smoke.set_smoke(True)
        await until(here.sounds)
        assert here.smoke.reads - reads <= 20  # two seconds, by a measure that a load slows too
        said = await asyncio.to_thread(run, "status", "-c", str(here.file), "--lang", "en")
        assert "siren         siren-01 relay_test" in said.stdout
        figures = await asyncio.to_thread(run, "status", "-c", str(here.file), "--prometheus")
        told = read(figures.stdout)
        assert told["lifeline_edge_local_action_on"].samples == {(("action", "siren"),): 1}
        assert told["lifeline_edge_uplink_connected"].samples == {(): 0}
        shown = await asyncio.to_thread(
            run, "frames", "-c", str(here.file), "--line", "shed", "--lang", "en"
        )
        assert "→ 01 02 00 00 00 04 79 C9" in shown.stdout

        process.kill()  # in the alarm: the next run neither acts again nor forgets to undo
        await process.wait()
        async with agent(here.file):
            reads = here.smoke.reads
            await until(lambda: here.smoke.reads > reads + 8)
            assert (here.sounds(), here.siren.resets) == (True, 0)
            assert [unmarked(name) for name, _ in here.orders()] == ["local-siren-1-do-1"]
            here.clear()
            await until(lambda: not here.sounds())
            assert here.siren.resets == 1
            await until(
                lambda: (
                    [(unmarked(name), state) for name, state in here.orders()]
                    == [("local-siren-1-do-1", "answered"), ("local-siren-1-undo-1", "answered")]
                )
            )


async def test_it_is_left_to_a_server_that_hears_and_told_to_one_that_comes_back(
    tmp_path: Path, broker: Broker, connect: Connect
) -> None:
    ingest = connect(broker, "ingest", subscriptions=["lifeline/1/up/#"])
    async with site(tmp_path, broker.port) as here, serving(ingest) as server, agent(here.file):
        server.answers = True
        await heard(here)
        here.smoke.set_smoke(True)
        await until(lambda: True in server.values(Up.URGENT, "smoke-01", "smoke"))
        await asyncio.sleep(0.5)
        assert not here.sounds()
        broker.stop()
        await until(here.sounds)
        broker.start()
        await until(lambda: any(kind is Up.RESULT for kind, _ in server.heard))
        result = decode_command(server.last(Up.RESULT).payload, Result)
        assert (unmarked(result.answers), result.outcome) == ("local-siren-1-do-1", Outcome.DONE)
        told = "siren acted: siren-01, smoke-01/smoke"
        await until(lambda: told in server.values(Up.URGENT, "gateway", "local_action"))
        here.clear()
        await until(lambda: here.siren.resets == 1)
