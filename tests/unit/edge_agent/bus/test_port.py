"""Bytes through a descriptor by deadline; the other end that is gone is known by name."""

import os
from collections.abc import Iterator

import pytest

from edge_agent.bus.port import Descriptor, PortGoneError
from edge_agent.bus.wake import Wake

WAIT_US = 1_000_000


@pytest.fixture
def ends() -> Iterator[tuple[Descriptor, int, int]]:
    """A descriptor that reads, one that writes to what it reads, and its raw number."""
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    os.set_blocking(writing, False)
    yield Descriptor("the pipe", reading), writing, reading
    for fd in (reading, writing):
        try:
            os.close(fd)
        except OSError:
            continue


def test_what_came_is_given_at_once_and_nothing_after_the_wait(
    ends: tuple[Descriptor, int, int],
) -> None:
    port, writing, reading = ends
    Descriptor("the pipe", writing).send(b"abc", WAIT_US)
    assert port.receive(WAIT_US) == b"abc"
    assert port.receive(0) == b""
    assert port.fileno() == reading


def test_waiting_ends_when_woken(ends: tuple[Descriptor, int, int]) -> None:
    wake = Wake()
    wake.set()
    assert ends[0].receive(60_000_000, wake.fileno()) == b""
    wake.close()


def test_the_end_of_the_other_side_is_a_port_that_is_gone(
    ends: tuple[Descriptor, int, int],
) -> None:
    os.close(ends[1])
    with pytest.raises(PortGoneError, match="the pipe hung up"):
        ends[0].receive(WAIT_US)


def test_a_broken_descriptor_is_named(ends: tuple[Descriptor, int, int]) -> None:
    port, writing, reading = ends
    os.close(reading)
    with pytest.raises(PortGoneError, match="the pipe"):
        port.receive(WAIT_US)
    with pytest.raises(PortGoneError, match="the pipe"):
        Descriptor("the pipe", writing).send(b"x", WAIT_US)


def test_one_that_takes_no_bytes_is_gone(ends: tuple[Descriptor, int, int]) -> None:
    with pytest.raises(PortGoneError, match="took no bytes for 1000 us"):
        Descriptor("the pipe", ends[1]).send(bytes(1_000_000), 1_000)
