"""What can happen to each simulated device, as words of its console."""

from collections.abc import Callable, Sequence

from simulators.console import Console, Order, Port, finite, number, of, only, plain, switch
from simulators.cover_motion import CoverMotion
from simulators.fault_orders import Now, Transport, modbus_orders
from simulators.gas_cloud import GasCloud
from simulators.gas_monitor import GasMonitor
from simulators.manhole_cover import Contact, PitContacts, TiltSensor
from simulators.smoke_detector import SmokeDetector
from simulators.submersible_gauge import SubmersibleGauge
from simulators.water_gauge import Trouble, WaterRadar, WaterRuler
from simulators.water_level import WaterLevel

PER_MINUTE = "/min"


def ug3_console(detector: SmokeDetector, port: Port, transport: Transport, now: Now) -> Console:
    """Return the words for a smoke detector on its line."""
    conditions = {
        "smoke": switch(detector.set_smoke),
        "service": switch(detector.set_service),
        "head": switch(lambda on: detector.mount_head() if on else detector.remove_head()),
        "reset": plain(detector.reset),
    }
    return Console(conditions | modbus_orders(detector, port, transport, now))


def ruler_console(ruler: WaterRuler, port: Port, transport: Transport, now: Now) -> Console:
    """Return the words for a water ruler."""
    trouble = "|".join(one.value for one in Trouble)
    ailing = {"trouble": Order(trouble, lambda w: ruler.set_trouble(Trouble(only(w)), now()))}
    return Console(
        water_orders(ruler.water, now) | ailing | modbus_orders(ruler, port, transport, now)
    )


def level_radar_console(radar: WaterRadar, port: Port, transport: Transport, now: Now) -> Console:
    """Return the words for a radar over water."""
    hung = {
        "hang": number("METRES", radar.hang),
        "echo": switch(radar.set_echo),
        "forget": plain(radar.forget),
    }
    return Console(
        water_orders(radar.water, now) | hung | modbus_orders(radar, port, transport, now)
    )


def submersible_console(
    gauge: SubmersibleGauge, port: Port, transport: Transport, now: Now
) -> Console:
    """Return the words for a pressure cell under water."""
    own = {
        "supply": number("VOLTS", gauge.set_supply),
        "drift": number("METRES", gauge.set_drift),
        "forget": plain(gauge.forget),
    }
    return Console(
        water_orders(gauge.water, now) | own | modbus_orders(gauge, port, transport, now)
    )


def tilt_console(sensor: TiltSensor, port: Port, transport: Transport, now: Now) -> Console:
    """Return the words for an attitude sensor on a manhole cover."""
    own = {
        "supply": number("VOLTS", sensor.set_supply),
        "forget": plain(sensor.forget),
    }
    return Console(_cover(sensor.cover, now) | own | modbus_orders(sensor, port, transport, now))


def contacts_console(pit: PitContacts, port: Port, transport: Transport, now: Now) -> Console:
    """Return the words for a float and a cover contact."""
    own = {
        "float": switch(pit.set_float),
        "cut": Order("float|cover", lambda w: pit.cut(Contact(only(w)))),
        "mend": plain(pit.mend),
    }
    return Console(_cover(pit.cover, now) | own | modbus_orders(pit, port, transport, now))


def pit_console(
    sensor: TiltSensor, pit: PitContacts, port: Port, transport: Transport, now: Now
) -> Console:
    """Return the words for a cover that both watch; what concerns one follows its name."""
    both = _cover(sensor.cover, now)
    one = of("sensor", tilt_console(sensor, port, transport, now))
    other = of("contacts", contacts_console(pit, port, transport, now))
    return Console(both | one | other)


def gas_console(monitor: GasMonitor, port: Port, transport: Transport, now: Now) -> Console:
    """Return the words for a gas transmitter."""
    conditions = {
        "warm-up": number("SECONDS", lambda seconds: monitor.warm_up(seconds, now())),
        "inhibit": switch(lambda on: monitor.inhibit(on, now())),
        "calibrate": switch(lambda on: monitor.calibrate(on, now())),
        "warning": _numbered(f"1..{monitor.model.warnings[-1]} on|off", monitor.set_warning),
        "fault": _numbered(f"1..{monitor.model.faults[-1]} on|off", monitor.set_fault),
        "gas-unit": Order(_codes(monitor), lambda w: monitor.show_in(int(only(w)))),
        "supply": number("VOLTS", monitor.set_supply),
        "reset": plain(monitor.reset),
        "forget": plain(monitor.forget),
    }
    if monitor.model.beats:
        conditions["heartbeat"] = switch(lambda on: monitor.set_heartbeat(on, now()))
    air = air_orders(lambda level: monitor.set_gas(level, now()), monitor, now)
    return Console(air | conditions | modbus_orders(monitor, port, transport, now))


def water_orders(water: WaterLevel, now: Now) -> dict[str, Order]:
    """Return the words for the water under a gauge."""
    return {
        "level": number("METRES", water.set_level),
        "rise": Order("METRES/min [TO_METRES]", lambda w: _move(water, w, 1, now())),
        "fall": Order("METRES/min [TO_METRES]", lambda w: _move(water, w, -1, now())),
    }


def _move(water: WaterLevel, words: Sequence[str], sign: int, now: int) -> None:
    rate = finite(words[0].removesuffix(PER_MINUTE))
    water.rise(sign * rate, now, to=finite(only(words[1:])) if words[1:] else None)


def _cover(cover: CoverMotion, now: Now) -> dict[str, Order]:
    return {
        "tilt": number("DEGREES", lambda degrees: cover.tilt(degrees, now())),
        "open": plain(lambda: cover.open(now())),
        "close": plain(lambda: cover.close(now())),
        "knock": plain(lambda: cover.knock(now())),
        "traffic": switch(cover.set_traffic),
    }


def air_orders(
    set_gas: Callable[[float], object], air: GasMonitor | GasCloud, now: Now
) -> dict[str, Order]:
    """Return the words for the air around a sensor."""
    return {
        "gas": number("LEL, 0.25 for 25 %", set_gas),
        "leak": Order("LEL [SECONDS]", lambda w: _leak(air, w, now())),
        "ventilate": Order("[SECONDS]", lambda w: _ventilate(air, w, now())),
    }


def _leak(air: GasMonitor | GasCloud, words: Sequence[str], now: int) -> None:
    rest = words[1:]
    if rest:
        air.leak(finite(words[0]), now, tau_s=finite(only(rest)))
    else:
        air.leak(finite(words[0]), now)


def _ventilate(air: GasMonitor | GasCloud, words: Sequence[str], now: int) -> None:
    if words:
        air.ventilate(now, tau_s=finite(only(words)))
    else:
        air.ventilate(now)


def _codes(monitor: GasMonitor) -> str:
    return "|".join(map(str, monitor.model.units))


def _numbered(usage: str, act: Callable[[int, bool], object]) -> Order:
    def carry_out(words: Sequence[str]) -> None:
        which, *rest = words
        switch(lambda on: act(int(which), on)).act(rest)

    return Order(usage, carry_out)
