"""agent.toml is changed while the agent runs: what changed is applied, no other line notices."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from edge_agent.app import App
from edge_agent.config.source import Source
from edge_agent.health import AgentHealth, DeviceHealth
from edge_agent.health_document import AgentDocument
from edge_agent.health_socket import ask
from runtime.mqtt import Session
from simulators.broker import Broker, free_port
from simulators.serial_line import SerialLine
from simulators.smoke_detector import SmokeDetector
from tests.patience import PATIENCE_S
from wire.identity import Birth, decode_birth

GATEWAY = "gw-001"
Connect = Callable[..., Session]
HEAD = """
gateway.id = "gw-001"
clock.trust = "system"
buffer.path = "buffer.db"
mqtt = {{ host = "127.0.0.1", port = {port}, tls = false }}
"""
LINE = """
[lines.{name}]
kind = "modbus-rtu"
port = "tty-{name}"
settle = "0s"
"""
DEVICE = """
[devices.{name}]
profile = "calectro_ug3"
line = "{line}"
unit = {unit}
poll_period = "{period}"
"""


def line(name: str) -> str:
    return LINE.format(name=name)


def device(name: str, at: str, unit: int = 1, period: str = "50ms", more: str = "") -> str:
    return DEVICE.format(name=name, line=at, unit=unit, period=period) + more + "\n"


class Site:
    """A folder with agent.toml, and two lines with two detectors each."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.file = folder / "agent.toml"
        self.port = port
        self.detectors = {
            name: [SmokeDetector(1), SmokeDetector(2)] for name in ("shed", "hall", "loft")
        }
        self.write(line("shed"), line("hall"), device("a", "shed"), device("b", "hall"))

    def write(self, *parts: str, head: str = HEAD) -> None:
        self.file.write_text(head.format(port=self.port) + "".join(parts))

    @asynccontextmanager
    async def running(self) -> AsyncIterator[App]:
        source = Source(self.file, {})
        app = App(source.load(), source=source)
        async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as group:
            task = group.create_task(app.run())
            async with asyncio.timeout(PATIENCE_S):
                await app.ready.wait()
            yield app
            task.cancel()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path, free_port())
    with ExitStack() as plugged:
        for name, units in made.detectors.items():
            plugged.enter_context(SerialLine(units, link=tmp_path / f"tty-{name}"))
        yield made


async def until(
    app: App, holds: Callable[[AgentHealth], object], seconds: float = PATIENCE_S
) -> AgentHealth:
    async with asyncio.timeout(seconds):
        while not holds(said := await app.health()):
            await asyncio.sleep(0.02)
    return said


def device_of(said: AgentHealth, name: str) -> DeviceHealth | None:
    return next((one for one in said.devices if one.device == name), None)


def answers(*names: str) -> Callable[[AgentHealth], bool]:
    return lambda said: all(
        (one := device_of(said, name)) is not None and one.last_reply_us is not None
        for name in names
    )


def requests_at(said: AgentHealth, name: str) -> int:
    (found,) = (one for one in said.lines if one.line == name)
    return sum(unit.requests for unit in found.units)


def opened(said: AgentHealth, name: str) -> int:
    return next(one.opened for one in said.lines if one.line == name)


async def reload(app: App, old: str, seconds: float = PATIENCE_S) -> AgentHealth:
    app.reload()
    return await until(app, lambda said: said.config.hash != old, seconds)


async def test_a_changed_line_is_restarted_and_the_other_goes_on(site: Site) -> None:
    async with site.running() as app:
        before = await until(app, answers("a", "b"))
        site.write(
            line("shed"),
            line("hall"),
            device("a", "shed"),
            device("b", "hall", period="70ms"),
            device("c", "hall", unit=2),
        )
        after = await reload(app, before.config.hash)
        assert after.config.refused == ()
        after = await until(app, answers("a", "b", "c"))
        # the very same line object: its counters went on, and its port was opened once
        assert opened(after, "shed") == 1
        assert requests_at(after, "shed") > requests_at(before, "shed")
        assert all(lane.balances for lane in (await health_document(site)).lanes)


async def health_document(site: Site) -> AgentDocument:
    socket = site.folder / "agent.sock"
    return msgspec.json.decode(await asyncio.to_thread(ask, socket), type=AgentDocument)


async def test_lines_come_and_go(site: Site) -> None:
    async with site.running() as app:
        before = await until(app, answers("a", "b"))
        site.write(line("shed"), line("loft"), device("a", "shed"), device("d", "loft"))
        await reload(app, before.config.hash)
        after = await until(app, answers("a", "d"))
        assert [one.line for one in after.lines] == ["shed", "loft"]
        assert {one.device for one in after.devices} == {"a", "d"}
        assert opened(after, "shed") == 1
        assert after.late == ()


async def test_a_port_goes_from_one_line_to_another(site: Site) -> None:
    """The old line lets go of it before the new one takes it."""
    async with site.running() as app:
        before = await until(app, answers("a", "b"))
        renamed = line("hall").replace("[lines.hall]", "[lines.cellar]")
        site.write(line("shed"), renamed, device("a", "shed"), device("b", "cellar"))
        await reload(app, before.config.hash)
        after = await until(app, answers("a", "b"))
        assert [one.line for one in after.lines] == ["shed", "cellar"]


async def test_a_bad_file_leaves_the_old_one_in_force_and_is_told(site: Site) -> None:
    async with site.running() as app:
        before = await until(app, answers("a", "b"))
        site.write(line("shed"), device("a", "shed"), 'colour = "red"\n')
        app.reload()
        after = await until(app, lambda said: said.config.refused)
        assert after.config.hash == before.config.hash
        (why,) = after.config.refused
        assert str(site.file) + ":" in why
        assert "devices.a.colour" in why
        assert "colour" in after.notices[-1].text
        said = await health_document(site)
        assert said.config.refused == (why,)
        assert len(after.lines) == 2
        # once mended, nothing is left of it
        site.write(line("shed"), device("a", "shed"))
        mended = await reload(app, before.config.hash)
        assert mended.config.refused == ()


async def test_what_needs_a_restart_is_refused_by_name(site: Site) -> None:
    async with site.running() as app:
        before = await until(app, answers("a", "b"))
        head = HEAD.replace("gw-001", "gw-002")
        site.write(line("shed"), device("a", "shed"), head=head)
        app.reload()
        after = await until(app, lambda said: said.config.refused)
        assert (
            "gateway.id: can not be changed while the agent runs: needs a restart"
            in (after.config.refused[0])
        )
        assert (after.gateway, after.config.hash) == (before.gateway, before.config.hash)


async def test_a_rule_and_its_lane_change_and_a_birth_tells(
    site: Site, broker: Broker, connect: Connect
) -> None:
    site.port = broker.port
    site.write(line("shed"), line("hall"), device("a", "shed"), device("b", "hall"))
    births: list[Birth] = []
    ingest = connect(broker, "ingest", subscriptions=["lifeline/1/up/+/+/birth"])
    await ingest.connected()
    async with site.running() as app:
        before = await until(app, answers("a", "b"))
        await next_birth(ingest, births, before.config.hash)
        rules = '[[devices.b.rules]]\nrule = "offline"\nduration = "20s"\n'
        site.write(line("shed"), line("hall"), device("a", "shed"), device("b", "hall"), rules)
        after = await reload(app, before.config.hash)
        await next_birth(ingest, births, after.config.hash)
        old, new = ({one.device: one for one in birth.devices} for birth in births[-2:])
        assert old["a"].rules_hash == new["a"].rules_hash
        assert old["b"].rules_hash != new["b"].rules_hash


async def next_birth(ingest: Session, births: list[Birth], config_hash: str) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while True:
            message = await ingest.receive()
            ingest.acknowledge(message)
            birth = decode_birth(message.payload, GATEWAY)
            if birth.config_hash == config_hash:
                births.append(birth)
                return
