"""What can happen to each simulated radar, as words of its console."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from simulators.care_radar import CareRadar
from simulators.console import Console, Order, Port, finite, number, only, plain, switch
from simulators.fall_radar import FallRadar
from simulators.fault_orders import stream_orders
from simulators.person import Person
from simulators.person_orders import person_orders
from simulators.presence_radar import PresenceRadar
from simulators.radar_eye import Motion
from simulators.sleep_book import Stage
from simulators.sleep_eye import FINE, NOT_FINE
from simulators.sleep_radar import SleepRadar
from simulators.stream_radar import StreamRadar
from simulators.track_radar import GATE_MM, TrackRadar
from simulators.vitals_radar import VitalsRadar

Now = Callable[[], int]
AnyRadar = StreamRadar[Any, Any]
People = Sequence[Person]
SWITCH: Final = {"on": 1, "off": 0}
MOTIONS: Final = {motion.name.lower(): int(motion) for motion in Motion}


def care_console(radar: CareRadar, people: People, port: Port, now: Now) -> Console:
    """Return the words for an R60AFD1 fall radar."""
    conditions = {
        "presence": switch(radar.set_presence),
        "fall": switch(radar.set_fall),
        "still": switch(radar.set_still),
        "motion": _named(radar, "motion", MOTIONS),
        "movement": _whole(radar, "movement", 100),
        "chip-fault": Order("0..2", lambda w: radar.report_chip_fault(_within(only(w), 2))),
    }
    return Console(conditions | radar_orders(radar, people, port, now))


def sleep_console(radar: SleepRadar, people: People, port: Port, now: Now) -> Console:
    """Return the words for an R60ABD1 breath, heart and sleep radar."""
    conditions = {
        "presence": _named(radar, "presence", SWITCH),
        "in-range": _named(radar, "in_range", SWITCH),
        "motion": _named(radar, "motion", MOTIONS),
        "movement": _whole(radar, "movement", 100),
        "distance": _whole(radar, "distance", 0xFFFF),
        "breath": Order("0..35", lambda w: radar.set_breath(int(only(w)))),
        "heart": Order("0|60..120", lambda w: radar.set_heart(int(only(w)))),
        "bed": _named(radar, "bed", {"out": 0, "in": 1}),
        "sleep": _named(radar, "sleep", {one.name.lower(): int(one) for one in Stage}),
        "struggle": _named(radar, "struggle", {"on": NOT_FINE, "off": FINE}),
        "no-person": _named(radar, "no_person", {"on": NOT_FINE, "off": FINE}),
        "abnormal": _named(radar, "abnormal", {"short": 0, "long": 1, "gone": 2, "none": 3}),
        "wave": Order(
            "breath|heart FIVE_BYTES_IN_HEX",
            lambda w: radar.report_wave(f"{w[0]}_wave", bytes.fromhex("".join(w[1:]))),
        ),
    }
    return Console(conditions | radar_orders(radar, people, port, now))


def fall_console(radar: FallRadar, people: People, port: Port, now: Now) -> Console:
    """Return the words for an MR60FDA2 fall radar."""
    conditions = {
        "presence": switch(radar.set_presence),
        "fall": switch(radar.set_fall),
        "target-height": number("METRES", lambda m: radar.conditions.put("target_height", m)),
    }
    return Console(conditions | radar_orders(radar, people, port, now))


def vitals_console(radar: VitalsRadar, people: People, port: Port, now: Now) -> Console:
    """Return the words for an MR60BHA2 breath and heart radar."""
    conditions = {
        "presence": switch(radar.set_presence),
        "breath": number("PER_MINUTE, 0 for no lock", lambda n: radar.set_rate("breath", n)),
        "heart": number("PER_MINUTE, 0 for no lock", lambda n: radar.set_rate("heart", n)),
        "distance": Order(
            "CENTIMETRES|none",
            lambda w: radar.set_distance(None if only(w) == "none" else finite(only(w))),
        ),
    }
    return Console(conditions | radar_orders(radar, people, port, now))


def presence_console(radar: PresenceRadar, people: People, port: Port, now: Now) -> Console:
    """Return the words for an LD2410 presence radar."""
    targets = {"none": 0, "moving": 1, "still": 2, "both": 3}
    conditions = {
        "target": _named(radar, "target", targets),
        "move": Order("CENTIMETRES ENERGY", lambda w: _distant(radar, "move", w)),
        "still": Order("CENTIMETRES ENERGY", lambda w: _distant(radar, "still", w)),
        "detect": _whole(radar, "detect_cm", 0xFFFF),
        "light": _whole(radar, "light", 0xFF),
    }
    return Console(conditions | radar_orders(radar, people, port, now, checksum=False))


def track_console(radar: TrackRadar, people: People, port: Port, now: Now) -> Console:
    """Return the words for an LD2450 tracking radar."""
    conditions = {
        "target": Order("SLOT X_MM Y_MM CM_PER_S [GATE_MM]", lambda w: _track(radar, w)),
        "clear": Order("SLOT", lambda w: radar.clear_target(int(only(w)))),
    }
    return Console(conditions | radar_orders(radar, people, port, now, checksum=False))


def radar_orders(
    radar: AnyRadar, people: People, port: Port, now: Now, *, checksum: bool = True
) -> dict[str, Order]:
    """Return the words that every radar knows: its people, its faults, its plug."""
    names = "|".join(radar.conditions.names)
    own = {
        "stuck": Order(names, lambda w: radar.conditions.stick(only(w))),
        "follow": plain(radar.follow),
        "warm-up": number("SECONDS", lambda seconds: radar.warm_up(_positive(seconds), now())),
        "reboot": Order("[SECONDS]", lambda w: _reboot(radar, w)),
        "save": switch(lambda on: radar.settings.save() if on else radar.settings.forget()),
        "heal": plain(radar.heal),
    }
    spoilt = stream_orders(radar.faults, port, radar.NAMES, start=radar.START, checksum=checksum)
    return _people(people, now, radar.follow) | spoilt | own


def _people(people: People, now: Now, follow: Callable[[], None]) -> dict[str, Order]:
    orders: dict[str, Order] = {}
    for number_, person in enumerate(people, 1):
        name = "person" if number_ == 1 else f"person-{number_}"
        orders |= person_orders(person, now, follow, name)
    return orders


def _reboot(radar: AnyRadar, words: Sequence[str]) -> None:
    radar.reboot(_positive(finite(only(words))) if words else None)


def _positive(seconds: float) -> float:
    if seconds < 0:
        raise ValueError("seconds are not below 0")
    return seconds


def _named(radar: AnyRadar, name: str, values: Mapping[str, int]) -> Order:
    """Make the order that sets a condition to one of several named values."""
    return Order("|".join(values), lambda w: radar.conditions.put(name, values[only(w)]))


def _whole(radar: AnyRadar, name: str, most: int) -> Order:
    """Make the order that sets a condition to a whole number from 0."""
    return Order(f"0..{most}", lambda w: radar.conditions.put(name, _within(only(w), most)))


def _within(word: str, most: int) -> int:
    value = int(word)
    if not 0 <= value <= most:
        raise ValueError(f"a number from 0 to {most} is expected")
    return value


def _distant(radar: PresenceRadar, name: str, words: Sequence[str]) -> None:
    centimetres, energy = words
    radar.conditions.put(f"{name}_cm", _within(centimetres, 0xFFFF))
    radar.conditions.put(f"{name}_energy", _within(energy, 100))


def _track(radar: TrackRadar, words: Sequence[str]) -> None:
    slot, x_mm, y_mm, speed, *rest = map(int, words)
    gate_mm = int(only(words[4:])) if rest else GATE_MM
    radar.set_target(slot, x_mm, y_mm, speed, gate_mm)
