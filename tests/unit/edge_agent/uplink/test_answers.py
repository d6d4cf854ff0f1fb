"""Answers leave once the broker takes them, and again when the command comes again."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from edge_agent.buffer import rows
from edge_agent.buffer.control import Control
from edge_agent.buffer.timebase import Timekeeper
from edge_agent.uplink.answers import Answers
from runtime.clock import SystemClock
from runtime.database import Database
from runtime.mqtt import Session
from simulators.broker import Broker
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
        async with asyncio.timeout(20), asyncio.TaskGroup() as group:
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
