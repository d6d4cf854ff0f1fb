"""What befalls the demo's street, when it is so at the device, and which alarms may follow."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from simulators.demo_city import DUCT, PLANT, ROOM
from simulators.demo_street import COVER, DRY_M, PIT, RULER, SURFACE, WELL, Street
from simulators.smoke_detector import SmokeDetector

FLOOD_M, FLOOD_M_PER_MIN = 0.32, 2.4
PUMP_M_PER_MIN: Final = 3.0
CLOSE_ROAD_M: Final = 0.25
GAS_LEL, GAS_TAU_S, GAS_ALARM_LEL = 0.34, 3.0, 0.20
VENTILATION_TAU_S: Final = 1.5
OPEN_DEG: Final = 90.0

Told = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Incident:
    """One danger: `key` names its text, `alarm` is the (device, rule) that has to come.

    Times are µs of the devices' clock. `is_so` turns true when the device meets the condition of
    the alarm; the alarm's time counts from then. `also` are alarms that come with it, `outlasts`
    those of them that stay for minutes after its end, as their rules say.
    """

    key: str
    alarm: Told
    begin: Callable[[int], object]
    is_so: Callable[[int], bool]
    end: Callable[[int], object]
    also: frozenset[Told] = frozenset()
    outlasts: frozenset[Told] = frozenset()

    @property
    def foreseen(self) -> frozenset[Told]:
        return self.also | self.outlasts | {self.alarm}


def incidents(street: Street) -> dict[str, Incident]:
    """Return all incidents by their key."""
    city = street.city
    found = (
        Incident(
            "duct_smoke",
            (DUCT, "smoke"),
            lambda _: city.duct.set_smoke(True),
            lambda now: city.duct.state(now)["smoke"],
            lambda _: _air(city.duct),
        ),
        Incident(
            "plant_smoke",
            (PLANT, "smoke"),
            lambda _: city.plant.set_smoke(True),
            lambda now: city.plant.state(now)["smoke"],
            lambda _: _air(city.plant),
        ),
        Incident(
            "fall",
            (ROOM, "fall"),
            lambda _: city.radar.set_fall(True),
            lambda _: bool(city.radar.state()["fall"]),
            lambda _: city.radar.set_fall(False),
        ),
        _flood(street),
        _theft(street),
        _leak(street),
    )
    return {one.key: one for one in found}


def _air(detector: SmokeDetector) -> None:
    detector.set_smoke(False)
    detector.reset()


def _flood(street: Street) -> Incident:
    both = (RULER, SURFACE)
    return Incident(
        "flood",
        (RULER, "water_close_road"),
        lambda now: street.water.rise(FLOOD_M_PER_MIN, now, to=FLOOD_M),
        lambda now: street.water.smooth_m(now) >= CLOSE_ROAD_M,
        lambda now: street.water.rise(-PUMP_M_PER_MIN, now, to=DRY_M),
        frozenset((one, rule) for one in both for rule in ("water_notice", "water_close_road")),
        frozenset((one, "water_rising_fast") for one in both),
    )


def _theft(street: Street) -> Incident:
    return Incident(
        "theft",
        (COVER, "cover_open"),
        street.cover.open,
        lambda now: street.cover.angle(now) > OPEN_DEG,
        street.cover.close,
        frozenset({(COVER, "cover_tilted"), (PIT, "cover_open")}),
    )


def _leak(street: Street) -> Incident:
    return Incident(
        "leak",
        (WELL, "gas_low"),
        lambda now: street.gas.leak(GAS_LEL, now, tau_s=GAS_TAU_S),
        lambda now: street.gas.cloud.level(now) >= GAS_ALARM_LEL,
        lambda now: street.gas.ventilate(now, tau_s=VENTILATION_TAU_S),
        frozenset({(WELL, "device_alarm")}),
    )
