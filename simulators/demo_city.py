"""The demo's small city: one gateway, two smoke detectors on a line, one fall radar."""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from simulators.care_radar import CareRadar
from simulators.radar_eye import Motion
from simulators.serial_line import SerialLine
from simulators.serial_stream import SerialStream
from simulators.smoke_detector import SmokeDetector
from simulators.stage import DeviceSpec, GatewaySpec, LineSpec, PlaceSpec

GATEWAY = "gw-haibowan-07"
DUCT, PLANT, ROOM = "smoke-duct", "smoke-plant", "radar-302"

PLACES = (
    PlaceSpec(
        "shed-3",
        {
            "division": "150302",
            "grid": "150302003007",
            "address": "海勃湾区 新华街 车棚3号风管 / Xinhua Street, air duct of shed 3",
            "longitude": 106.822,
            "latitude": 39.673,
        },
    ),
    PlaceSpec(
        "plant-room-1",
        {
            "division": "150302",
            "grid": "150302003007",
            "address": "海勃湾区 新华街 风机房1号 / Xinhua Street, plant room 1",
            "longitude": 106.824,
            "latitude": 39.674,
        },
    ),
    PlaceSpec(
        "flat-302",
        {
            "division": "150302",
            "grid": "150302003011",
            "address": "海勃湾区 林荫小区5栋302 / Linyin estate, building 5, flat 302",
            "longitude": 106.831,
            "latitude": 39.668,
        },
    ),
)


@dataclass(frozen=True, slots=True)
class City:
    """The simulated devices, plugged in, and the gateway that watches them."""

    duct: SmokeDetector
    plant: SmokeDetector
    radar: CareRadar
    line: SerialLine
    gateway: GatewaySpec


def build(folder: Path, plugged: ExitStack) -> City:
    """Plug the devices in; `plugged` unplugs them."""
    duct, plant, radar = SmokeDetector(1), SmokeDetector(2), CareRadar()
    radar.set_presence(True)
    radar.set_motion(Motion.ACTIVE)
    folder.mkdir(parents=True, exist_ok=True)
    ports = {"rs485": folder / "ttyRS485", "room": folder / "ttyRadar"}
    line = plugged.enter_context(SerialLine([duct, plant], link=ports["rs485"]))
    plugged.enter_context(SerialStream(radar, link=ports["room"]))
    gateway = GatewaySpec(
        GATEWAY,
        (
            LineSpec("rs485", "modbus-rtu", ports["rs485"]),
            LineSpec("room", "uart", ports["room"]),
        ),
        (
            DeviceSpec(DUCT, "calectro_ug3", "rs485", {"unit": 1, "place": "shed-3"}),
            DeviceSpec(PLANT, "calectro_ug3", "rs485", {"unit": 2, "place": "plant-room-1"}),
            DeviceSpec(ROOM, "micradar_r60afd1", "room", {"place": "flat-302"}),
        ),
    )
    return City(duct, plant, radar, line, gateway)
