"""The demo's street: the small city, a well with gas, and an underpass on a gateway of its own."""

from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from simulators.cover_motion import CoverMotion
from simulators.demo_city import PLACES as CITY_PLACES
from simulators.demo_city import City, build
from simulators.gas_monitor import XCD_FORMAT, GasMonitor
from simulators.manhole_cover import PitContacts, TiltSensor
from simulators.modbus_tcp import ModbusTcp, RtuOverTcp
from simulators.serial_line import SerialLine
from simulators.stage import DeviceSpec, GatewaySpec, LineSpec, NetworkSpec, PlaceSpec
from simulators.water_gauge import RADAR_FORMAT, WaterRadar, WaterRuler
from simulators.water_level import WaterLevel

UNDERPASS_GATEWAY: Final = "gw-haibowan-12"
WELL, RULER, SURFACE, COVER, PIT = "gas-well-14", "ruler-2", "surface-2", "cover-88", "pit-88"
RADAR_HEIGHT_M: Final = 4.5
COVER_ROLL, COVER_PITCH = 2.5, -12.0
DRY_M: Final = 0.02

PLACES = (
    *CITY_PLACES,
    PlaceSpec(
        "well-14",
        {
            "division": "150302",
            "grid": "150302003007",
            "address": "海勃湾区 新华街 燃气井14号 / Xinhua Street, gas well 14",
            "longitude": 106.823,
            "latitude": 39.672,
        },
    ),
    PlaceSpec(
        "underpass-2",
        {
            "division": "150302",
            "grid": "150302003009",
            "address": "海勃湾区 人民路 下穿通道2号 / Renmin Road, underpass 2",
            "longitude": 106.818,
            "latitude": 39.675,
        },
    ),
    PlaceSpec(
        "manhole-88",
        {
            "division": "150302",
            "grid": "150302003009",
            "address": "海勃湾区 人民路 检查井88号 / Renmin Road, manhole 88",
            "longitude": 106.819,
            "latitude": 39.676,
        },
    ),
)


@dataclass(frozen=True, slots=True)
class Street:
    """All simulated devices, plugged in, and the two gateways that watch them."""

    city: City
    gas: GasMonitor
    water: WaterLevel
    surface: WaterRadar
    cover: CoverMotion
    pit: PitContacts
    gateways: tuple[GatewaySpec, GatewaySpec]


def build_street(folder: Path, plugged: ExitStack) -> Street:
    """Plug the devices in; `plugged` unplugs them."""
    city = build(folder, plugged)
    gas = GasMonitor(noise=0.05)
    well = folder / "ttyWell"
    plugged.enter_context(
        SerialLine([gas], baud=XCD_FORMAT.baud, parity=XCD_FORMAT.parity, stop_bits=1, link=well)
    )
    water = WaterLevel(DRY_M)
    surface = WaterRadar(water, height_m=RADAR_HEIGHT_M, installed_cm=round(RADAR_HEIGHT_M * 100))
    cover = CoverMotion(roll=COVER_ROLL, pitch=COVER_PITCH)
    pit = PitContacts(cover)
    tcp = plugged.enter_context(ModbusTcp([WaterRuler(water), TiltSensor(cover), pit]))
    tunnel = plugged.enter_context(RtuOverTcp([surface], RADAR_FORMAT))
    gateways = with_well(city.gateway, well), underpass(tcp.port, tunnel.port, cover)
    return Street(city, gas, water, surface, cover, pit, gateways)


def with_well(gateway: GatewaySpec, port: Path) -> GatewaySpec:
    """Return the city's gateway with the well's line; a pty has no parity, so it says none."""
    line = LineSpec("well", "modbus-rtu", port, {"parity": "N"})
    device = DeviceSpec(WELL, "honeywell_sensepoint_xcd", "well", {"unit": 1, "place": "well-14"})
    return replace(gateway, lines=(*gateway.lines, line), devices=(*gateway.devices, device))


def underpass(tcp: int, tunnel: int, cover: CoverMotion) -> GatewaySpec:
    """Return the gateway of the underpass, whose devices hang on a network."""
    x, y, z = cover.acceleration(0)
    baseline = {"baseline": (round(x, 3), round(y, 3), round(z, 3))}
    return GatewaySpec(
        UNDERPASS_GATEWAY,
        (),
        (
            DeviceSpec(RULER, "bcd_ruler", "cabinet", {"unit": 3, "place": "underpass-2"}),
            DeviceSpec(
                COVER, "witmotion_485", "cabinet", {"unit": 80, "place": "manhole-88", **baseline}
            ),
            DeviceSpec(PIT, "di2_modbus_sqr2", "cabinet", {"unit": 255, "place": "manhole-88"}),
            DeviceSpec(
                SURFACE, "dfrobot_sen0676", "converter", {"unit": 1, "place": "underpass-2"}
            ),
        ),
        (
            NetworkSpec("cabinet", "modbus-tcp", tcp),
            NetworkSpec("converter", "modbus-rtu-over-tcp", tunnel),
        ),
    )
