"""Whether the newest values that the server knows are what the devices are in truth."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from simulators.delivery_book import Delivery
from simulators.demo_account import LedgerLine
from simulators.demo_city import DUCT, PLANT, ROOM
from simulators.demo_incidents import Incident
from simulators.demo_street import COVER, PIT, RULER, SURFACE, WELL, Street

# A value may lag behind by the deadband that the gateway keeps, and by what the device rounds away.
LEVEL_M: Final = 0.03
LEL: Final = 0.02
TILT_DEG: Final = 2.0
TOLERANCES: Final = {"level": LEVEL_M, "lel": LEL, "tilt": TILT_DEG}

Values = Mapping[str, Any]


def truth(street: Street, now: int) -> dict[str, Values]:
    """Return what each device should say at `now`, by device and point."""
    level = {"level": street.water.smooth_m(now)}
    pit = street.pit.state(now)
    return {
        DUCT: street.city.duct.state(now),
        PLANT: street.city.plant.state(now),
        ROOM: {"fall": bool(street.city.radar.state()["fall"])},
        WELL: {"lel": street.gas.cloud.level(now)},
        RULER: level,
        SURFACE: level,
        COVER: {"tilt": street.cover.angle(now)},
        PIT: {"cover_open": pit["open"], "float_raised": pit["float"]},
    }


def wrong_values(known: Mapping[str, Values], true: Mapping[str, Values]) -> list[str]:
    """Name the devices with a value that is wrong; what is not known is not wrong."""
    found = []
    for device, values in true.items():
        said = known.get(device, {})
        wrong = {p: said[p] for p, v in values.items() if p in said and not _agree(p, said[p], v)}
        if wrong:
            found.append(f"wrong value {device} {wrong}, in truth {dict(values)}")
    return found


def lost_values(ledger: Iterable[LedgerLine]) -> list[str]:
    """Name the lanes that lost or dropped something."""
    found = []
    for one in ledger:
        where = f"{one.gateway} {one.lane}"
        found += [f"{where}: lost {one.lost}"] if one.lost else []
        found += [f"{where}: dropped {one.dropped}"] if one.dropped else []
    return found


def unforeseen(deliveries: Iterable[Delivery], incidents: Iterable[Incident]) -> list[str]:
    """Name the alarms that no incident explains."""
    foreseen = {told for one in incidents for told in one.foreseen}
    came = {(str(d.data.get("device")), str(d.data.get("rule"))) for d in deliveries}
    return [f"unforeseen alarm {device} {rule}" for device, rule in sorted(came - foreseen)]


def _agree(point: str, said: Any, true: Any) -> bool:
    tolerance = TOLERANCES.get(point)
    return bool(said == true if tolerance is None else abs(said - true) <= tolerance)
