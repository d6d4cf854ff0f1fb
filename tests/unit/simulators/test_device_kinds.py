"""Every kind can be made, told, asked and read."""

import pytest

from simulators.device_kinds import KINDS, Kind
from simulators.fault_orders import Transport


class Nowhere:
    """A port that is not one."""

    path = ""

    def plug(self) -> None:
        pass

    def unplug(self) -> None:
        pass


def test_names_are_told_apart() -> None:
    assert len({kind.name for kind in KINDS}) == len(KINDS)


@pytest.mark.parametrize("transport", Transport)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_examples_are_orders(kind: Kind, transport: Transport) -> None:
    played = kind.make(kind.unit or 1, lambda: 5_000_000)
    console = played.console(Nowhere(), transport)
    before = dict(played.state())
    for line in kind.example.splitlines():
        console.obey(line)
    assert played.state().keys() == before.keys()
    assert all(unit.answer(b"\x2b", 0) == b"\xab\x01" for unit in played.units)
    if kind.unit is not None:
        assert [unit.unit for unit in played.units] == [kind.unit]
