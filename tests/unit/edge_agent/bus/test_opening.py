"""A port opened beside the loop: handed over, refused by name, and closed when nobody is left."""

import asyncio
import threading
from collections.abc import Callable

import pytest

from edge_agent.bus.opening import open_beside
from edge_agent.bus.place import Place
from edge_agent.bus.port import Port, PortGoneError
from edge_agent.bus.tcp_port import TcpSettings
from tests.patience import PATIENCE_S, until

PLACE = TcpSettings("opening-of-the-test", 502)
Found = Port | PortGoneError | None


class Closed:
    """A Port that is only ever closed."""

    def __init__(self) -> None:
        self.is_closed = False

    def fileno(self) -> int:
        raise AssertionError

    def receive(self, wait_us: int, wake: int | None = None) -> bytes:
        raise AssertionError(wait_us, wake)

    def send(self, data: bytes, wait_us: int) -> None:
        raise AssertionError(data, wait_us)

    def offer(self, data: bytes) -> int:
        raise AssertionError(data)

    def close(self) -> None:
        self.is_closed = True


def threads() -> list[threading.Thread]:
    return [one for one in threading.enumerate() if one.name == PLACE.path]


async def opened(open_port: Callable[[Place], Port]) -> Found:
    found: list[Found] = []
    open_beside(asyncio.get_running_loop(), open_port, PLACE, found.append)
    await until(lambda: found)
    await until(lambda: not threads())
    return found[0]


async def test_the_port_is_handed_over_and_the_thread_ends() -> None:
    port = Closed()
    assert await opened(lambda _: port) is port
    assert not port.is_closed


async def test_why_there_is_none_is_told() -> None:
    def none(_: Place) -> Port:
        raise PortGoneError("nobody there")

    assert str(await opened(none)) == "nobody there"


# the thread dies on purpose
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
async def test_a_fault_of_ours_is_told_as_nothing() -> None:
    def broken(_: Place) -> Port:
        raise ZeroDivisionError

    assert await opened(broken) is None


def test_a_port_that_comes_when_the_loop_is_gone_is_closed() -> None:
    port, loop = Closed(), asyncio.new_event_loop()
    loop.close()
    open_beside(loop, lambda _: port, PLACE, lambda _: None)
    for one in threads():
        one.join(PATIENCE_S)
    assert port.is_closed
