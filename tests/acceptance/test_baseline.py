"""A baseline with the real programs: refused, taken, in force at once, kept, void, taken anew."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest

from alarm_rules.in_force import in_force
from alarm_rules.override import Override
from edge_agent.health_socket import ask
from runtime.mqtt import Session
from simulators.broker import Broker
from simulators.cover_motion import CoverMotion
from simulators.manhole_cover import PitContacts, TiltSensor
from simulators.serial_line import SerialLine
from simulators.serial_stream import SerialStream
from simulators.ultrasonic_gauge import A02YYUW, UltrasonicGauge
from simulators.water_level import WaterLevel
from tests.acceptance.test_agent_runs import GATEWAY, Server, agent, run, serving
from tests.baseline_site import CONTACTS, COVER, GAUGE, TOML
from tests.patience import until
from tests.shipped import PROFILES
from wire.command import (
    TAKE_BASELINE,
    Command,
    CommandKind,
    Outcome,
    Result,
    decode_command,
    encode_command,
)
from wire.identity import Device, decode_birth
from wire.topic import Down, Up, down

Connect = Callable[..., Session]
BY = ("--by", "Li Lei")


@dataclass
class Pit:
    """A cover that lies askew, its contacts, a gauge over a dry road."""

    file: Path
    cover: CoverMotion
    sensor: TiltSensor
    line: SerialLine

    def now(self) -> int:
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000

    async def says(self, *words: str) -> tuple[int, str, str]:
        command = ("baseline", *words, "-c", str(self.file), "--lang", "en")
        done = await asyncio.to_thread(run, *command)
        return done.returncode, done.stdout, done.stderr

    async def standing(self) -> dict[str, str]:
        _, said, _ = await self.says("show", "--json")
        return {one["device"]: one["standing"] for one in json.loads(said)["baselines"]}

    def status(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(ask(self.file.with_name("agent.sock")))
        return found

    def notices(self) -> str:
        return "\n".join(one["text"] for one in self.status()["notices"])


@asynccontextmanager
async def pit(folder: Path, broker: Broker) -> AsyncIterator[Pit]:
    file = folder / "agent.toml"
    file.write_text(TOML.format(port=broker.port, period="200ms", cover="", gauge=""))
    cover = CoverMotion(roll=20.0)
    sensor, contacts = TiltSensor(cover), PitContacts(cover)
    gauge = UltrasonicGauge(WaterLevel(), height_m=2.5)
    with (
        SerialLine([sensor, contacts], link=folder / "ttyPit") as line,
        SerialStream(gauge, wire=A02YYUW.wire, link=folder / "ttyRoad"),
    ):
        yield Pit(file, cover, sensor, line)


def broken(folder: Path) -> None:
    """The buffer is of no use any more, and is set aside at the next start."""
    (folder / "buffer.db").write_bytes(b"not a database" * 1_000)
    for leftover in folder.glob("buffer.db-*"):
        leftover.unlink()


def tilts(server: Server) -> Sequence[object]:
    return server.values(Up.URGENT, COVER, "tilt")


def born(server: Server, name: str) -> Device:
    birth = decode_birth(server.last(Up.BIRTH).payload, GATEWAY)
    return next(one for one in birth.devices if one.device == name)


def is_known(server: Server) -> bool:
    """Whether the server can make the gauge's rules of what the birth says, baseline and all."""
    gauge = born(server, GAUGE)
    wishes = tuple(msgspec.convert(one, Override) for one in gauge.site_rules.overrides)
    rules = in_force(PROFILES[gauge.profile].rules, wishes, gauge.site_rules.site_class)
    assert rules.hash == gauge.rules_hash
    return any(wish.baseline is not None for wish in wishes)


@pytest.mark.slow
async def test_it_is_taken_at_the_site_and_outlives_all(
    tmp_path: Path, broker: Broker, connect: Connect
) -> None:
    session = connect(broker, "ingest", subscriptions=["lifeline/1/up/#"])
    async with serving(session) as server, pit(tmp_path, broker) as here:
        server.answers = True
        async with agent(here.file) as process:
            await until(lambda: tilts(server) and server.values(Up.URGENT, GAUGE, "distance"))
            assert set(tilts(server)) == {None}
            assert await here.standing() == {COVER: "absent", GAUGE: "absent"}
            assert not is_known(server)

            here.cover.open(here.now())
            await until(lambda: server.values(Up.URGENT, CONTACTS, "cover_open")[-1] is True)
            code, _, why = await here.says("take", COVER, *BY)
            assert (code, "cover_open of contacts-1 is True" in why) == (1, True)
            here.cover.close(here.now())
            await until(lambda: server.values(Up.URGENT, CONTACTS, "cover_open")[-1] is False)
            await asyncio.sleep(0.5)

            code, said, why = await here.says("take", COVER, *BY, "--note", "closed, dry")
            assert (code, f"{COVER} tilt: (" in said) == (0, True), why
            await until(lambda: isinstance(tilts(server)[-1], float))
            assert tilts(server)[-1] < 3.0  # type: ignore[operator]  # it is a number by now
            code, said, why = await here.says("take", GAUGE, *BY)
            assert (code, f"{GAUGE} distance: 2.5 m" in said) == (0, True), why
            await until(lambda: is_known(server))
            status = await asyncio.to_thread(here.status)
            assert {line["opened"] for line in status["lines"]} == {1}, "no line was disturbed"
            assert [one["by"] for one in status["baselines"]] == ["Li Lei", "Li Lei"]

            process.kill()
            await process.wait()
        broken(tmp_path)
        heard = len(tilts(server))
        async with agent(here.file):
            await until(lambda: len(tilts(server)) > heard)
            assert isinstance(tilts(server)[-1], float)
            assert is_known(server)
            assert await here.standing() == {COVER: "taken", GAUGE: "taken"}

            here.line.unplug()
            here.sensor.firmware += 1  # somebody puts another sensor there
            await until(lambda: tilts(server)[-1] is None)
            here.line.plug()
            while "is void" not in await asyncio.to_thread(here.notices):
                await asyncio.sleep(0.05)
            assert (await here.standing())[COVER] == "other_device"
            code, said, _ = await here.says("take", COVER, *BY)
            assert code == 0
            await until(lambda: isinstance(tilts(server)[-1], float))
            assert (await here.says("clear", COVER, *BY))[0] == 0
            await until(lambda: tilts(server)[-1] is None)


async def test_the_server_may_ask_for_it(tmp_path: Path, broker: Broker, connect: Connect) -> None:
    session = connect(broker, "ingest", subscriptions=["lifeline/1/up/#"])
    async with serving(session) as server, pit(tmp_path, broker) as here, agent(here.file):
        await until(lambda: server.values(Up.URGENT, GAUGE, "distance"))
        results: list[Result] = []
        for number, device in enumerate((GAUGE, CONTACTS)):
            order = Command(f"b-{number}", CommandKind.ACTION, "desk 3", device, TAKE_BASELINE)
            await session.publish(down(GATEWAY, Down.COMMAND), encode_command(order))
            await until(lambda: any(kind is Up.RESULT for kind, _ in server.heard), 30)
            results.append(decode_command(server.last(Up.RESULT).payload, Result))
            server.heard = [one for one in server.heard if one[0] is not Up.RESULT]
        assert [one.outcome for one in results] == [Outcome.DONE, Outcome.REFUSED]
        assert '"by":"desk 3"' in results[0].detail
        assert "not_allowed" in results[1].detail
        await until(lambda: is_known(server))
