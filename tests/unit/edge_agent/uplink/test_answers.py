"""Answers leave once the broker takes them, and again when the command comes again."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from edge_agent.buffer import rows
from edge_agent.buffer.control import Control
from edge_agent.buffer.timebase import Timekeeper
from edge_agent.uplink.answers import Answers
from runtime.clock import SystemClock
from runtime.database import Database
from runtime.mqtt import Outcome as MqttOutcome
from runtime.mqtt import Session
from simulators.broker import Broker
from tests.patience import PATIENCE_S
from wire.command import Command, CommandKind, Outcome, Result, decode_command
from wire.topic import Up, up

GATEWAY = "gw-001"
REFUSED = Command("c-1", CommandKind.READ, "desk", "nobody")
Connect = Callable[..., Session]


async def test_sent_until_somebody_has_it_and_again_when_asked_again(
    tmp_path: Path, broker: Broker, connect: Connect
) -> None:
    gateway = connect(broker, GATEWAY)
    async with Database(tmp_path / "buffer.db", rows.migrate) as database:
        control = Control(database, Timekeeper(SystemClock()), {})
        answers = Answers(gateway=GATEWAY, control=control, session=gateway, again_s=0.02)
        async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as group:
            task = group.create_task(answers.run())
            await gateway.connected()
            await control.take(REFUSED)
            await asyncio.sleep(0.05)
            assert await control.unsent()  # nobody has a session for it
            server = connect(broker, "ingest", subscriptions=[up(GATEWAY, Up.RESULT)])
            await server.connected()
            for _ in range(2):
                message = await server.receive()
                server.acknowledge(message)
                answer = decode_command(message.payload, Result)
                assert (answer.answers, answer.outcome) == ("c-1", Outcome.REFUSED)
                while await control.unsent():
                    await asyncio.sleep(0.01)
                await control.take(REFUSED)
            task.cancel()


_CUT = "(cut short: the broker takes no more)"


class NarrowSession:
    """A session whose broker takes no more than so many bytes."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.heard: list[Result] = []
        self.tries = 0

    async def connected(self) -> int:
        return 1

    async def publish(self, _topic: str, payload: bytes, **_said: object) -> MqttOutcome:
        self.tries += 1
        if len(payload) > self._most:
            return MqttOutcome.TOO_LARGE
        self.heard.append(decode_command(payload, Result))
        return MqttOutcome.ACCEPTED


@pytest.mark.parametrize(("most", "taken"), [(3_000, ["c-0", "c-1"]), (200, ["c-1"])])
async def test_one_that_the_broker_never_takes_is_cut_short_and_holds_up_nobody(
    tmp_path: Path, most: int, taken: list[str]
) -> None:
    session = NarrowSession(most)
    async with Database(tmp_path / "buffer.db", rows.migrate) as database:
        control = Control(database, Timekeeper(SystemClock()), {})
        answers = Answers(
            gateway=GATEWAY,
            control=control,
            session=session,  # type: ignore[arg-type]  # the two methods that answers use
        )
        for number, detail in enumerate(("x" * 20_000, "small")):
            command = Command(f"c-{number}", CommandKind.DIAGNOSTICS, "desk")
            await control.take(command)
            await control.begin([None])
            await control.answer(command, Outcome.DONE, detail)
        task = asyncio.create_task(answers.run())
        async with asyncio.timeout(PATIENCE_S):
            while await control.unsent():
                await asyncio.sleep(0.005)
        task.cancel()
        await asyncio.wait([task])
        said = {one.answers: one.detail for one in session.heard}
        assert sorted(said) == taken
        assert said["c-1"] == "small"
        assert said.get("c-0", _CUT).endswith(_CUT)
        whole = await control.result("c-0")
        assert whole is not None
        assert whole.detail.startswith("x" * 500)
        assert session.tries <= 4
