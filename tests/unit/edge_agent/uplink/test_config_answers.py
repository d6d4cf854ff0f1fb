"""What became of a desired configuration is told at each connection, and when it changes."""

import asyncio
from collections.abc import Callable

from edge_agent.uplink.config_answers import ConfigAnswers
from runtime.mqtt import Session
from simulators.broker import Broker
from tests.patience import PATIENCE_S
from wire.command import Outcome, Result, decode_command

Connect = Callable[..., Session]
GATEWAY = "gw-001"


async def hear(session: Session) -> Result:
    async with asyncio.timeout(PATIENCE_S):
        message = await session.receive()
    session.acknowledge(message)
    return decode_command(message.payload, Result)


async def test_told_when_connected_when_changed_and_when_connected_again(
    broker: Broker, connect: Connect
) -> None:
    server = connect(broker, "server", subscriptions=[f"lifeline/1/up/+/{GATEWAY}/result"])
    await server.connected()
    said, answered = [Result("config/1", Outcome.DIVERGED)], asyncio.Event()
    gateway = connect(broker, GATEWAY)
    answers = ConfigAnswers(
        gateway=GATEWAY,
        session=gateway,
        answers=lambda: tuple(said),
        answered=answered,
        again_s=0.05,
    )
    task = asyncio.create_task(answers.run())
    assert await hear(server) == said[0]
    said[:] = [
        Result("config/1", Outcome.APPLIED, config_hash="a" * 16),
        Result("config/2", Outcome.REJECTED),
    ]
    answered.set()
    assert [await hear(server), await hear(server)] == said
    broker.stop()
    broker.start()
    again = {(await hear(server)).answers}
    while len(again) < len(said):  # who is heard first depends on who is back first
        again.add((await hear(server)).answers)
    task.cancel()
