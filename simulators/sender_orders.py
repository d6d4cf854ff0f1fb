"""What can happen to gauges, sensors and panels that speak by themselves, as console words."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from simulators.console import Console, Order, Port, finite, number, only, plain, switch
from simulators.device_orders import air_orders, water_orders
from simulators.fault_orders import Now, stream_orders
from simulators.fire_panel import FRAME_NAMES, STAMP, FirePanel
from simulators.laser_methane import LINE, START, LaserMethane
from simulators.stream_outlet import ANSWER
from simulators.ultrasonic_gauge import DISTANCE, HEAD, UltrasonicGauge

BOOTS_S: Final = 1.0
SECOND_US: Final = 1_000_000
CLOCK_FORMAT: Final = "%y/%m/%d %H:%M"


def ultrasonic_console(gauge: UltrasonicGauge, port: Port, now: Now) -> Console:
    """Return the words for an ultrasonic gauge over water; some only if its model has them."""
    own = {
        "hang": number("METRES", gauge.hang),
        "echo": switch(gauge.set_echo),
        "filter": switch(gauge.set_filter),
        "reboot": _reboot(gauge.restart, now),
    }
    if gauge.model.interference is not None:
        own["interference"] = switch(gauge.set_interference)
    names = (DISTANCE, ANSWER) if gauge.model.modes else (DISTANCE,)
    faults = stream_orders(
        gauge.faults, port, names, start=bytes((HEAD,)), answers=gauge.model.modes
    )
    return Console(water_orders(gauge.water, now) | own | faults)


def methane_console(sensor: LaserMethane, port: Port, now: Now) -> Console:
    """Return the words for a laser methane sensor."""
    own = {
        "celsius": number("DEGREES", sensor.set_celsius),
        "error": Order("HEX", lambda w: sensor.set_error(int(only(w), 16))),
        "reboot": _reboot(sensor.restart, now),
    }
    air = air_orders(sensor.cloud.set_level, sensor.cloud, now)
    faults = stream_orders(sensor.faults, port, [LINE], start=START, answers=False)
    return Console(air | own | faults)


def panel_console(panel: FirePanel, port: Port, now: Now) -> Console:
    """Return the words for a fire panel: its detectors are named by loop and part."""
    own = {
        "fire": Order("LOOP PART on|off", lambda w: _fire(panel, w)),
        "reset": plain(panel.reset),
        "clock": Order("YY/MM/DD HH:MM", lambda w: panel.set_clock(_moment(w), now())),
        "reboot": _reboot(panel.restart, now),
    }
    names = tuple(FRAME_NAMES.values())
    faults = stream_orders(panel.faults, port, names, start=STAMP, checksum=False, answers=False)
    return Console(own | faults)


def _reboot(restart: Callable[[int], object], now: Now) -> Order:
    def carry_out(words: Sequence[str]) -> None:
        seconds = finite(only(words)) if words else BOOTS_S
        if seconds < 0:
            raise ValueError("a time is 0 or more")
        restart(now() + round(seconds * SECOND_US))

    return Order("[SECONDS]", carry_out)


def _fire(panel: FirePanel, words: Sequence[str]) -> None:
    loop, part, *rest = words
    switch(lambda on: panel.set_fire(int(loop), int(part), on)).act(rest)


def _moment(words: Sequence[str]) -> datetime:
    return datetime.strptime(" ".join(words), CLOCK_FORMAT)  # noqa: DTZ007 - a panel knows no zone
