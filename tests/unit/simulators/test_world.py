"""Devices of one place feel the same; those of another do not."""

from simulators.device_kinds import KINDS
from simulators.fault_orders import Transport
from simulators.stream_kinds import STREAMS
from simulators.world import World
from tests.noted_port import NotedPort

MODBUS = {kind.name: kind for kind in KINDS}
STREAM = {kind.name: kind for kind in STREAMS}


def now() -> int:
    return 5_000_000


def test_what_one_device_is_told_the_others_of_the_place_feel() -> None:
    place = World()
    ruler = MODBUS["bcd-ruler"].make(3, now, place)
    gauge = MODBUS["qdy30a"].make(1, now, place)
    echo = STREAM["a02yyuw"].make(now, place)
    elsewhere = MODBUS["qdy30a"].make(1, now, World())
    ruler.console(NotedPort(""), Transport.SERIAL).obey("level 0.4")
    assert [one.state()["level"] for one in (ruler, gauge, echo)] == [0.4, 0.4, 0.4]
    assert elsewhere.state()["level"] == 0.0


def test_a_cover_and_the_air_are_shared_too() -> None:
    place = World()
    tilt, pit = MODBUS["wt901c485"].make(80, now, place), MODBUS["sqr2"].make(255, now, place)
    bead, laser = MODBUS["xcd"].make(1, now, place), STREAM["mhz9041a"].make(now, place)
    pit.console(NotedPort(""), Transport.TCP).obey("tilt 0")
    bead.console(NotedPort(""), Transport.TCP).obey("gas 0.3")
    assert laser.state()["gas"] == 30.0
    assert place.cover.is_shut(now())
    assert tilt.state()["angle"] == 0.0


def test_the_same_people_are_in_the_room_for_every_radar() -> None:
    place = World()
    assert place.people(3)[:1] == place.people(1)
    assert len(set(map(id, place.people(3)))) == 3
