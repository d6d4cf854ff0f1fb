"""Every kind can be made, told, asked and read."""

import pytest

from simulators.device_kinds import KINDS, Kind
from simulators.fault_orders import Transport
from simulators.world import World
from tests.noted_port import NotedPort


def test_names_are_told_apart() -> None:
    assert len({kind.name for kind in KINDS}) == len(KINDS)


@pytest.mark.parametrize("transport", Transport)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_examples_are_orders(kind: Kind, transport: Transport) -> None:
    played = kind.make(kind.unit or 1, lambda: 5_000_000, World())
    console = played.console(NotedPort(""), transport)
    before = dict(played.state())
    for line in kind.example.splitlines():
        console.obey(line)
    assert played.state().keys() == before.keys()
    assert all(unit.answer(b"\x2b", 0) == b"\xab\x01" for unit in played.units)
    if kind.unit is not None:
        assert [unit.unit for unit in played.units] == [kind.unit]


EVERYWHERE = (
    "silent 1",
    "late 0.2 1",
    "exception 4 1",
    "unit 9 1",
    "length 1",
    "function 3 1",
    "noise 1",
    "half 1",
    "twin collide 1",
    "twin 0.3 1",
    "stuck on",
    "stuck off",
    "reboot",
    "reboot 0.5",
    "unplug",
    "plug",
    "heal",
)
ON_A_WIRE = ("checksum 1", "early 1")
BY_TCP = ("disconnect 1",)
FAULTS = {
    Transport.SERIAL: EVERYWHERE + ON_A_WIRE,
    Transport.RTU_OVER_TCP: EVERYWHERE + ON_A_WIRE + BY_TCP,
    Transport.TCP: (*EVERYWHERE, *BY_TCP, "transaction 1"),
}


@pytest.mark.parametrize("transport", Transport)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_device_can_have_every_fault(kind: Kind, transport: Transport) -> None:
    played = kind.make(kind.unit or 1, lambda: 5_000_000, World())
    console = played.console(NotedPort(""), transport)
    for name in ("sensor ", "contacts ") if kind.name == "manhole" else ("",):
        for line in FAULTS[transport]:
            console.obey(name + line)
            assert line in ("heal", "stuck on", "stuck off", "plug", "unplug") or any(
                unit.faults.standing for unit in played.units
            )


MOVES = {
    "ug3": "smoke on",
    "bcd-ruler": "level 0.7",
    "u16-ruler": "level 0.7",
    "sen0676": "level 0.7",
    "wt901c485": "tilt 40",
    "sqr2": "float on",
    "manhole": "open",
    "xcd": "gas 0.7",
    "xrl": "gas 0.7",
    "xcl": "gas 0.7",
    "qdy30a": "level 0.7",
}
WATCHED = {
    "ug3": "02 00 00 00 04",
    "bcd-ruler": "03 00 00 00 01",
    "u16-ruler": "03 00 00 00 01",
    "sen0676": "03 00 01 00 01",
    "wt901c485": "03 00 34 00 0C",
    "sqr2": "02 00 00 00 08",
    "manhole": "03 00 34 00 0C",
    "xcd": "03 00 02 00 02",
    "xrl": "03 00 66 00 02",
    "xcl": "03 00 66 00 02",
    "qdy30a": "03 00 04 00 01",
}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_stuck_device_does_not_notice(kind: Kind) -> None:
    now = 5_000_000
    played = kind.make(kind.unit or 1, lambda: now, World())
    console = played.console(NotedPort(""), Transport.SERIAL)
    name = "sensor " if kind.name == "manhole" else ""
    unit, read = played.units[0], bytes.fromhex(WATCHED[kind.name])
    console.obey(name + "stuck on")
    before = unit.answer(read, now)
    console.obey(MOVES[kind.name])
    now += 60_000_000
    assert unit.answer(read, now) == before
    console.obey(name + "stuck off")
    assert unit.answer(read, now) != before
