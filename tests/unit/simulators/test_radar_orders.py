"""Words reach each radar, its people and its faults."""

import pytest

from simulators.care_radar import CareRadar
from simulators.console import Console, OrderError
from simulators.fall_radar import FallRadar
from simulators.person import Person
from simulators.presence_radar import PresenceRadar
from simulators.radar_orders import (
    care_console,
    fall_console,
    presence_console,
    radar_orders,
    sleep_console,
    track_console,
    vitals_console,
)
from simulators.sleep_radar import SleepRadar
from simulators.track_radar import TrackRadar
from simulators.vitals_radar import VitalsRadar
from tests.noted_port import NotedPort, Watch

S = 1_000_000


def test_fall_radar() -> None:
    radar = CareRadar()
    console = care_console(radar, [Person()], NotedPort(), Watch())
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
    radar, person, other, port, watch = CareRadar(), Person(), Person(), NotedPort(), Watch()
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
    console = care_console(radar, [person], NotedPort(), watch)
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


def refused(console: Console, *lines: str) -> None:
    for line in lines:
        with pytest.raises(OrderError, match=r"usage|unknown"):
            console.obey(line)


def test_sleep_radar() -> None:
    radar = SleepRadar(boot_us=0, settings={"struggle_switch": 1, "no_person_switch": 1})
    console = sleep_console(radar, [Person()], NotedPort(), Watch())
    radar.due(0)
    for line in (
        "presence on", "in-range off", "motion static", "movement 3", "distance 104", "breath 9",
        "heart 61", "bed in", "sleep deep", "struggle on", "no-person on", "abnormal gone",
        "wave breath 54 43 53 59 80",
    ):  # fmt: skip
        console.obey(line)
    assert radar.state() == {
        "presence": 1, "in_range": 0, "motion": 1, "movement": 3, "distance": 104, "breath": 9,
        "breath_state": 3, "heart": 61, "bed": 1, "sleep": 0, "struggle": 2, "no_person": 2,
        "abnormal": 2, "x": 0, "y": 0, "z": 0,
    }  # fmt: skip
    assert bytes.fromhex("54 43 53 59 80 FA") in radar.due(1)
    refused(console, "breath 36", "heart 40", "bed on", "sleep well", "wave breath 54", "wave")


def test_fall_radar_of_seeed() -> None:
    radar = FallRadar(boot_us=0)
    console = fall_console(radar, [Person()], NotedPort(), Watch())
    for line in ("presence on", "fall on", "target-height 0.4"):
        console.obey(line)
    assert radar.state() == {"presence": 1, "fall": 1, "target_height": 0.4}
    refused(console, "fall 1", "target-height", "still on")


def test_vitals_radar() -> None:
    radar = VitalsRadar(boot_us=0, warm_up_s=0)
    console = vitals_console(radar, [Person()], NotedPort(), Watch())
    radar.due(0)
    for line in ("presence on", "breath 20.3", "heart 72", "distance 74.62"):
        console.obey(line)
    assert radar.state() == {
        "presence": 1, "breath": 20.3, "heart": 72, "valid": 1, "distance": 74.62,
    }  # fmt: skip
    console.obey("distance none")
    assert radar.state()["valid"] == 0
    refused(console, "breath -1", "distance far")


def test_presence_radar() -> None:
    radar = PresenceRadar(boot_us=0)
    console = presence_console(radar, [Person()], NotedPort(), Watch())
    for line in ("target both", "move 81 0", "still 30 59", "detect 81", "light 96"):
        console.obey(line)
    assert radar.state() == {
        "target": 3, "move_cm": 81, "move_energy": 0, "still_cm": 30, "still_energy": 59,
        "detect_cm": 81, "light": 96, "out": 0,
    }  # fmt: skip
    refused(console, "target far", "move 81", "move 81 101", "light 256", "checksum 1")


def test_track_radar() -> None:
    radar = TrackRadar(boot_us=0)
    console = track_console(radar, [Person(), Person(), Person()], NotedPort(), Watch())
    console.obey("target 1 -782 1713 -16 320")
    console.obey("target 2 5 5 0")
    state = radar.state()
    assert [state[name] for name in ("x1", "y1", "v1", "gate1", "gate2")] == [
        -782, 1713, -16, 320, 360,
    ]  # fmt: skip
    console.obey("clear 1")
    assert radar.state()["gate1"] == 0
    console.obey("person-3 walk")
    refused(
        console, "target 4 0 0 0", "target 1 2 3", "target 1 2 3 4 5 6", "clear", "person-4 sit"
    )
