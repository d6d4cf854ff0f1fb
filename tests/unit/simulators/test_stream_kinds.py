"""Every kind of stream can be made, told, and heard over a real pty at its own speed."""

import re

import pytest
import serial

from simulators.device_kinds import KINDS
from simulators.serial_stream import SerialStream
from simulators.stream_kinds import STREAMS, StreamKind
from simulators.world import World
from tests.noted_port import NotedPort

NO_ARGUMENT = re.compile(r"^  ([a-z-]+)$", re.MULTILINE)


def test_names_are_told_apart() -> None:
    names = [kind.name for kind in (*STREAMS, *KINDS)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("kind", STREAMS, ids=lambda kind: kind.name)
def test_examples_are_orders(kind: StreamKind) -> None:
    played = kind.make(lambda: 5_000_000, World())
    console = played.console(NotedPort(""))
    before = dict(played.state())
    for line in kind.example.splitlines():
        console.obey(line)
    for word in NO_ARGUMENT.findall(console.help()):
        console.obey(word)
    assert played.state().keys() == before.keys()


@pytest.mark.parametrize("kind", STREAMS, ids=lambda kind: kind.name)
def test_is_heard_over_a_pty_until_it_is_unplugged(kind: StreamKind) -> None:
    played = kind.make(lambda: 5_000_000, World())
    console = played.console(NotedPort(""))
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


@pytest.mark.parametrize(
    ("name", "orders", "printed"),
    [
        ("a02yyuw", ["hang 1.953"], "FF 07 A1 A7"),
        ("a02yyuw", ["hang 0.25"], "FF 00 FA F9"),
        ("sen0754", ["interference on"], "FF FF FE FC"),
        ("sen0754", ["echo off"], "FF FF FD FB"),
        ("mhz9041a", ["gas 0.5", "error 04"], "30 34 20"),
        ("r60afd1", ["reboot 0", "fall on"], "53 59 83 01 00 01 01 32 54 43"),
        ("r60abd1", ["reboot 0", "bed in"], "53 59 84 01 00 01 01 33 54 43"),
        ("mr60fda2", ["reboot 0", "fall on"], "01 00 00 00 01 0E 02 F3 01 FE"),
        ("mr60bha2", ["reboot 0"], "01 00 00 00 04 0A 14 E4 00 00 00 00 FF"),
        (
            "ld2410",
            ["reboot 0", "target still", "move 81 0", "still 0 59"],
            "F4 F3 F2 F1 0D 00 02 AA 02 51 00 00 00 00 3B 00 00 55 00 F8 F7 F6 F5",
        ),
        (
            "ld2450",
            ["reboot 0", "target 1 -782 1713 -16 320"],
            "AA FF 03 00 0E 03 B1 86 10 00 40 01" + " 00" * 16 + " 55 CC",
        ),
        ("gst9000", ["fire 4 4 on"], "1B 39 CA D7 B4 CE BB F0 BE AF 0A C8 B9 C2 A5 D2 BB B2 E3"),
    ],
)
def test_what_is_heard_over_a_pty(name: str, orders: list[str], printed: str) -> None:
    kind = next(one for one in STREAMS if one.name == name)
    played = kind.make(lambda: 5_000_000, World())
    console = played.console(NotedPort(""))
    wanted = bytes.fromhex(printed)
    with (
        SerialStream(played.device, wire=kind.wire) as stream,
        serial.Serial(stream.path, kind.wire.baud, timeout=10) as port,
    ):
        for line in orders:  # now that somebody listens: what a panel prints, it prints once
            console.obey(line)
        assert port.read_until(wanted).endswith(wanted)
