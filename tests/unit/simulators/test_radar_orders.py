"""Words reach each radar, its people and its faults."""

import pytest

from simulators.care_radar import CareRadar
from simulators.console import Console, OrderError
from simulators.person import Person
from simulators.radar_orders import care_console, radar_orders

S = 1_000_000


class Socket:
    """A port that only remembers."""

    path = "nowhere"

    def __init__(self) -> None:
        self.seen: list[str] = []

    def plug(self) -> None:
        self.seen.append("plug")

    def unplug(self) -> None:
        self.seen.append("unplug")


class Watch:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.now = 0

    def __call__(self) -> int:
        return self.now


def test_fall_radar() -> None:
    radar = CareRadar()
    console = care_console(radar, Person(), Socket(), Watch())
    for line in ("presence on", "motion active", "movement 40", "fall on", "still on", "reboot"):
        console.obey(line)
    assert radar.state() == {"presence": 1, "motion": 2, "movement": 40, "fall": 1, "still": 1}
    assert radar.reboots == 1
    for line in ("motion fast", "movement lots", "drop everything", "stuck rain", "reboot -1"):
        with pytest.raises(OrderError, match="usage"):
            console.obey(line)
    console.obey("chip-fault 1")
    radar.due(0)
    assert radar.due(10 * S)


def test_every_radar_has_people_faults_and_a_plug() -> None:
    radar, person, other, port, watch = CareRadar(), Person(), Person(), Socket(), Watch()
    radar.watch(person, other)
    console = Console(radar_orders(radar, (person, other), port, watch))
    radar.due(0)
    console.obey("person walk")
    radar.due(3 * S)
    assert radar.state()["presence"] == 1
    console.obey("stuck presence")
    console.obey("person leave")
    radar.due(60 * S)
    assert radar.state()["presence"] == 1
    console.obey("heal")
    assert radar.state()["presence"] == 0
    console.obey("person-2 walk")
    radar.due(70 * S)
    assert radar.state()["presence"] == 1
    console.obey("save off")
    radar.settings["fall_switch"] = 0
    watch.now = 80 * S
    console.obey("warm-up 5")
    assert radar.due(80 * S) == b""
    assert radar.settings["fall_switch"] == 1
    assert radar.due(84 * S) == b""
    assert radar.due(85 * S)
    console.obey("save on")
    console.obey("reboot 2")
    console.obey("unplug")
    console.obey("plug")
    assert port.seen == ["unplug", "plug"]


def test_a_person_s_order_takes_the_word_back_from_the_hand() -> None:
    radar, person, watch = CareRadar(), Person(), Watch()
    radar.watch(person)
    console = care_console(radar, person, Socket(), watch)
    radar.due(0)
    console.obey("fall on")
    radar.due(S)
    assert radar.state()["fall"] == 1
    console.obey("person walk")
    radar.due(2 * S)
    assert radar.state()["fall"] == 0
    console.obey("fall on")
    console.obey("follow")
    radar.due(3 * S)
    assert radar.state()["fall"] == 0
