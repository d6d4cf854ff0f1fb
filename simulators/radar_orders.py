"""What can happen to each simulated radar, as words of its console."""

from collections.abc import Callable, Sequence
from typing import Any

from simulators.care_radar import CareRadar
from simulators.console import Console, Order, Port, finite, number, only, plain, switch
from simulators.fault_orders import stream_orders
from simulators.person import Person
from simulators.person_orders import person_orders
from simulators.radar_eye import Motion
from simulators.stream_radar import StreamRadar

Now = Callable[[], int]
AnyRadar = StreamRadar[Any, Any]


def care_console(radar: CareRadar, person: Person, port: Port, now: Now) -> Console:
    """Return the words for an R60AFD1 fall radar."""
    conditions = {
        "presence": switch(radar.set_presence),
        "fall": switch(radar.set_fall),
        "still": switch(radar.set_still),
        "motion": Order("none|static|active", lambda w: radar.set_motion(_motion(w))),
        "movement": Order("0..100", lambda w: radar.set_movement(int(only(w)))),
        "chip-fault": Order("0..2", lambda w: radar.report_chip_fault(int(only(w)))),
    }
    return Console(conditions | radar_orders(radar, (person,), port, now))


def radar_orders(
    radar: AnyRadar, people: Sequence[Person], port: Port, now: Now, *, checksum: bool = True
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


def _people(people: Sequence[Person], now: Now, follow: Callable[[], None]) -> dict[str, Order]:
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


def _motion(words: Sequence[str]) -> Motion:
    return Motion[only(words).upper()]
