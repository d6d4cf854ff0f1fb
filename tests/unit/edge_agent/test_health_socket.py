"""The health socket: a document a connection, a stale file, a folder that can not be."""

import asyncio
import logging
import os
from pathlib import Path

import pytest

from edge_agent.health_socket import ask, served


async def hello() -> bytes:
    return b'{"gateway":"gw-001"}' + b" " * 200_000


async def test_every_connection_gets_the_document(tmp_path: Path) -> None:
    path = tmp_path / "run" / "agent.sock"
    async with served(path, hello) as problem:
        assert problem == ""
        assert path.stat().st_mode & 0o777 == 0o660
        async with asyncio.TaskGroup() as group:
            asked = [group.create_task(asyncio.to_thread(ask, path)) for _ in range(20)]
        assert {task.result() for task in asked} == {await hello()}
    assert not path.exists()
    with pytest.raises(OSError, match="No such file"):
        ask(path)


async def test_the_file_of_a_killed_agent_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "agent.sock"
    path.touch()
    async with served(path, hello):
        assert await asyncio.to_thread(ask, path) == await hello()


async def test_an_agent_that_can_not_be_asked_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    async with served(tmp_path / "file" / "agent.sock", hello) as problem:
        assert "no health socket" in problem


async def test_a_health_that_fails_to_come_closes_the_connection(tmp_path: Path) -> None:
    async def nothing() -> bytes:
        raise OSError("disk")

    path = tmp_path / "agent.sock"
    async with served(path, nothing):
        assert await asyncio.to_thread(ask, path) == b""


async def test_an_order_is_carried_out_and_whoever_sends_none_gets_the_health(
    tmp_path: Path,
) -> None:
    async def carry_out(order: bytes) -> bytes:
        return order.strip() + b" done"

    path = tmp_path / "agent.sock"
    async with served(path, hello, carry_out):
        assert await asyncio.to_thread(ask, path, b'{"order":"x"}') == b'{"order":"x"} done'
        assert await asyncio.to_thread(ask, path) == await hello()
        reader, writer = await asyncio.open_unix_connection(path)  # neither speaks nor ends
        assert await reader.read() == await hello()
        writer.close()


async def test_an_order_without_an_end_is_not_answered(tmp_path: Path) -> None:
    path = tmp_path / "agent.sock"
    async with served(path, hello):
        assert await asyncio.to_thread(ask, path, b"x" * 20_000) == b""


async def test_the_log_says_who_gave_an_order(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def carry_out(order: bytes) -> bytes:
        return order

    caplog.set_level(logging.INFO)
    async with served(tmp_path / "agent.sock", hello, carry_out):
        await asyncio.to_thread(ask, tmp_path / "agent.sock", b"metrics")
        assert caplog.messages == []
        await asyncio.to_thread(ask, tmp_path / "agent.sock", b'{"order":"clock.set"}')
    (said,) = caplog.messages
    assert said.startswith(f"user {os.getuid()} (process {os.getpid()}) orders: ")
    assert "clock.set" in said
