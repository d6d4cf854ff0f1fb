"""Once a minute: the gateway under its own name, each link under its device's."""

import asyncio
import sqlite3
from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from edge_agent.exchange import Sample
from edge_agent.health import AgentHealth, DeviceHealth, DeviceState
from edge_agent.link_count import LinkCount
from edge_agent.self_report import SelfReport
from tests.patience import PATIENCE_S
from tests.unit.edge_agent.test_gateway_readings import HEALTH
from wire.quality import GOOD

DEVICE = DeviceHealth(
    "smoke-01", "shed", DeviceState.ANSWERING, 0, 0, "", GOOD, "period", 0, is_test=False,
    link=LinkCount(polls=3, good=3),
)  # fmt: skip


class Memory:
    def __init__(self) -> None:
        self.taken: dict[str, int] = {}
        self.came = asyncio.Event()

    async def take(self, device: str, samples: Sequence[Sample]) -> None:
        self.taken[device] = self.taken.get(device, 0) + len(samples)
        self.came.set()


async def test_each_device_once_and_nothing_that_is_nothing_new() -> None:
    memory = Memory()
    report = SelfReport(lambda: asyncio.sleep(0, HEALTH), memory)
    await report.tell(replace(HEALTH, devices=(DEVICE,)))
    first = dict(memory.taken)
    assert first.keys() == {"gateway", "smoke-01"}
    await report.tell(replace(HEALTH, devices=(DEVICE,)))
    assert memory.taken == first


async def test_a_disk_that_refuses_is_asked_again_the_next_time() -> None:
    memory, refusals = Memory(), [sqlite3.OperationalError("full")]

    async def health() -> AgentHealth:
        if refusals:
            raise refusals.pop()
        return HEALTH

    task = asyncio.create_task(SelfReport(health, memory, every_s=0.001).run())
    async with asyncio.timeout(PATIENCE_S):
        await memory.came.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert memory.taken.keys() == {"gateway"}
