import asyncio
import threading

import pytest

from runtime.thread import in_daemon_thread
from tests.patience import PATIENCE_S


async def test_it_runs_elsewhere_and_comes_back() -> None:
    ran: list[threading.Thread] = []
    await in_daemon_thread("elsewhere", lambda: ran.append(threading.current_thread()))
    assert ran[0].name == "elsewhere"
    assert ran[0].daemon


async def test_what_it_raises_is_raised_here() -> None:
    def fail() -> None:
        raise ConnectionRefusedError("nobody there")

    with pytest.raises(ConnectionRefusedError, match="nobody there"):
        await in_daemon_thread("fails", fail)


async def test_a_cancelled_caller_does_not_wait() -> None:
    gate = threading.Event()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.02):
            await in_daemon_thread("hangs", lambda: print(gate.wait(PATIENCE_S)))
    gate.set()


def test_a_call_that_outlives_the_loop_harms_nobody() -> None:
    gate = threading.Event()

    async def leave() -> threading.Thread:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.02):
                await in_daemon_thread("outlives", lambda: print(gate.wait(PATIENCE_S)))
        return next(one for one in threading.enumerate() if one.name == "outlives")

    thread = asyncio.run(leave())
    gate.set()
    thread.join(PATIENCE_S)
    assert not thread.is_alive()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
async def test_a_call_that_dies_of_a_fault_keeps_nobody_waiting() -> None:
    running: list[threading.Thread] = []

    def die() -> None:
        running.append(threading.current_thread())
        raise LookupError("a fault of ours")

    with pytest.raises(OSError, match="died"):
        async with asyncio.timeout(PATIENCE_S):
            await in_daemon_thread("dies", die)
    running[0].join(PATIENCE_S)  # its report belongs to this test
