"""Orders reach the device; what is wrong is explained."""

import pytest

from simulators.care_radar import CareRadar
from simulators.console import Console, OrderError, radar_console, ug3_console
from simulators.fault import FaultKind
from simulators.smoke_detector import SmokeDetector


class Socket:
    """A port that only remembers."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def plug(self) -> None:
        self.seen.append("plug")

    def unplug(self) -> None:
        self.seen.append("unplug")


def ug3() -> tuple[Console, SmokeDetector, Socket]:
    detector, port = SmokeDetector(), Socket()
    return ug3_console(detector, port), detector, port


def test_conditions_of_the_smoke_detector() -> None:
    console, detector, port = ug3()
    console.obey("smoke on")
    assert detector.state(0)["smoke"]
    console.obey("smoke off")
    console.obey("reset")
    assert not detector.state(0)["smoke"]
    console.obey("service on")
    assert detector.state(0)["service"]
    console.obey("head off")
    assert not detector.state(0)["mounted"]
    console.obey("head on")
    assert detector.state(0)["mounted"]
    console.obey("unplug")
    console.obey("plug")
    assert port.seen == ["unplug", "plug"]
    console.obey("   ")


@pytest.mark.parametrize(
    ("line", "kind", "count"),
    [
        ("late 0.5 3", FaultKind.LATE, 3),
        ("late 0.5", FaultKind.LATE, None),
        ("exception 4 1", FaultKind.EXCEPTION, 1),
        ("unit 9", FaultKind.WRONG_UNIT, None),
        ("early", FaultKind.EARLY, None),
        ("function 3", FaultKind.WRONG_FUNCTION, None),
        ("length 1", FaultKind.WRONG_LENGTH, 1),
        ("silent", FaultKind.SILENCE, None),
        ("checksum 2", FaultKind.WRONG_CHECKSUM, 2),
        ("half 1", FaultKind.HALF_FRAME, 1),
        ("noise 1", FaultKind.NOISE, 1),
    ],
)
def test_faults_of_the_smoke_detector(line: str, kind: FaultKind, count: int | None) -> None:
    console, detector, _ = ug3()
    console.obey(line)
    assert [(one.kind, one.count) for one in detector.faults.standing] == [(kind, count)]
    console.obey("heal")
    assert detector.faults.standing == ()


def test_conditions_and_faults_of_the_radar() -> None:
    radar = CareRadar()
    console = radar_console(radar, Socket())
    for line in ("presence on", "motion active", "movement 40", "fall on", "still on", "reboot"):
        console.obey(line)
    assert radar.state() == {"presence": 1, "motion": 2, "movement": 40, "fall": 1, "still": 1}
    assert radar.reboots == 1
    console.obey("drop fall")
    assert [(one.only, one.count) for one in radar.faults.standing] == [("fall", 1)]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("smok on", "did you mean smoke"),
        ("xyzzy", "try help"),
        ("smoke", "usage: smoke on|off"),
        ("smoke perhaps", "usage: smoke"),
        ("late", "usage: late SECONDS"),
        ("unit 300", "usage: unit"),
        ("late soon", "usage: late"),
        ("late 1 0", "usage: late"),
        ("reset now", "usage: reset"),
        ("silent 1 2", "usage: silent"),
    ],
)
def test_wrong_orders_are_explained(line: str, told: str) -> None:
    console, *_ = ug3()
    with pytest.raises(OrderError, match=told.replace("|", r"\|")):
        console.obey(line)


@pytest.mark.parametrize("line", ["motion fast", "drop everything", "movement lots"])
def test_wrong_orders_to_the_radar(line: str) -> None:
    with pytest.raises(OrderError, match="usage"):
        radar_console(CareRadar(), Socket()).obey(line)


def test_help_names_every_order() -> None:
    console, *_ = ug3()
    assert "late SECONDS [COUNT]" in console.help()
    assert "heal" in console.help()
