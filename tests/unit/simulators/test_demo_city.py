"""The demo's city fits together: lines have ports, devices have lines and places, units differ."""

from contextlib import ExitStack
from pathlib import Path

import pytest
import serial

from simulators.demo_city import DUCT, GATEWAY, PLACES, PLANT, ROOM, build
from simulators.rtu import seal


def test_the_devices_are_plugged_in_and_pulled_out(tmp_path: Path) -> None:
    folder = tmp_path / "made" / "ports"
    with ExitStack() as plugged:
        city = build(folder, plugged)
        ports = [line.port for line in city.gateway.lines]
        assert all(port.is_char_device() for port in ports)
        assert {port.parent for port in ports} == {folder}
    assert list(folder.iterdir()) == []


def test_every_device_has_a_line_and_a_known_place(tmp_path: Path) -> None:
    with ExitStack() as plugged:
        gateway = build(tmp_path, plugged).gateway
    assert gateway.name == GATEWAY
    assert [device.name for device in gateway.devices] == [DUCT, PLANT, ROOM]
    assert {device.line for device in gateway.devices} == {line.name for line in gateway.lines}
    assert [device.keys["place"] for device in gateway.devices] == [place.name for place in PLACES]


def test_nobody_is_in_danger_at_first_and_somebody_is_at_home(tmp_path: Path) -> None:
    with ExitStack() as plugged:
        city = build(tmp_path, plugged)
        for detector in (city.duct, city.plant):
            state = detector.state(0)
            assert (state["mounted"], state["smoke"], state["service"]) == (True, False, False)
        assert city.radar.state()["presence"]
        assert not city.radar.state()["fall"]


@pytest.mark.parametrize(("unit", "smokes"), [(1, "duct"), (2, "plant")])
def test_each_detector_answers_for_itself(tmp_path: Path, unit: int, smokes: str) -> None:
    with ExitStack() as plugged:
        city = build(tmp_path, plugged)
        getattr(city, smokes).set_smoke(True)
        with serial.Serial(city.line.path, timeout=5) as port:
            port.write(seal(unit, b"\x02\x00\x00\x00\x04"))
            assert port.read(6) == seal(unit, b"\x02\x01\x0d")
        with serial.Serial(city.line.path, timeout=5) as port:
            port.write(seal(3 - unit, b"\x02\x00\x00\x00\x04"))
            assert port.read(6) == seal(3 - unit, b"\x02\x01\x01")


def test_places_are_in_the_district_and_differ() -> None:
    assert len({place.name for place in PLACES}) == len({place.keys["address"] for place in PLACES})
    for place in PLACES:
        assert str(place.keys["grid"]).startswith(str(place.keys["division"]))
        assert 106 < float(place.keys["longitude"]) < 108
        assert 39 < float(place.keys["latitude"]) < 40
