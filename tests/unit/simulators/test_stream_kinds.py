"""Every kind of stream can be made, told, and heard over a real pty at its own speed."""

import re

import pytest
import serial

from simulators.device_kinds import KINDS
from simulators.serial_stream import SerialStream
from simulators.stream_kinds import STREAMS, StreamKind

NO_ARGUMENT = re.compile(r"^  ([a-z-]+)$", re.MULTILINE)


class Nowhere:
    """A port that is not one."""

    path = ""

    def plug(self) -> None:
        pass

    def unplug(self) -> None:
        pass


def test_names_are_told_apart() -> None:
    names = [kind.name for kind in (*STREAMS, *KINDS)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("kind", STREAMS, ids=lambda kind: kind.name)
def test_examples_are_orders(kind: StreamKind) -> None:
    played = kind.make(lambda: 5_000_000)
    console = played.console(Nowhere())
    before = dict(played.state())
    for line in kind.example.splitlines():
        console.obey(line)
    for word in NO_ARGUMENT.findall(console.help()):
        console.obey(word)
    assert played.state().keys() == before.keys()


@pytest.mark.parametrize("kind", STREAMS, ids=lambda kind: kind.name)
def test_is_heard_over_a_pty_until_it_is_unplugged(kind: StreamKind) -> None:
    played = kind.make(lambda: 5_000_000)
    console = played.console(Nowhere())
    for line in kind.example.splitlines():
        console.obey(line)
    with (
        SerialStream(played.device, wire=kind.wire) as stream,
        serial.Serial(stream.path, kind.wire.baud, timeout=10) as port,
    ):
        assert port.read(1)
        stream.unplug()
        with pytest.raises(serial.SerialException):
            port.read(4096)
