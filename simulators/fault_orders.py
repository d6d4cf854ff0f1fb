"""Words that break a device: what each transport can spoil, for how many frames."""

from collections.abc import Callable, Sequence
from enum import Enum

from simulators.console import Order, Port, only, plain
from simulators.fault import (
    Fault,
    FaultPlan,
    connection_reset,
    early,
    exception,
    half_frame,
    late,
    noise,
    silence,
    wrong_checksum,
    wrong_function,
    wrong_length,
    wrong_transaction,
    wrong_unit,
)
from simulators.radar_words import REPORTS


class Transport(Enum):
    """How a device is reached."""

    SERIAL = "serial"
    RTU_OVER_TCP = "rtu-over-tcp"
    TCP = "tcp"


Make = Callable[[Sequence[str], int | None], Fault]


def modbus_orders(plan: FaultPlan, port: Port, transport: Transport) -> dict[str, Order]:
    """Return the words that spoil the replies of a Modbus unit."""
    orders = {
        "late": _order(plan, "SECONDS [COUNT]", lambda w, n: late(float(w[0]), n), words=1),
        "function": _order(
            plan, "CODE [COUNT]", lambda w, n: wrong_function(_byte(w[0]), n), words=1
        ),
        "length": _order(plan, "[COUNT]", lambda _, n: wrong_length(n)),
        "exception": _order(plan, "CODE [COUNT]", lambda w, n: exception(_byte(w[0]), n), words=1),
        "unit": _order(
            plan, "OTHER_UNIT [COUNT]", lambda w, n: wrong_unit(_byte(w[0]), n), words=1
        ),
    }
    return orders | _of_transport(plan, transport) | _of_all(plan) | _plugging(port)


def radar_orders(plan: FaultPlan, port: Port) -> dict[str, Order]:
    """Return the words that spoil the reports of a fall radar."""
    drop = {"drop": _order(plan, "|".join(REPORTS) + " [COUNT]", _dropped, words=1)}
    return drop | _checksum(plan) | _of_all(plan) | _plugging(port)


def _of_transport(plan: FaultPlan, transport: Transport) -> dict[str, Order]:
    reset = {"disconnect": _order(plan, "[COUNT]", lambda _, n: connection_reset(n))}
    if transport is Transport.TCP:
        return reset | {"transaction": _order(plan, "[COUNT]", lambda _, n: wrong_transaction(n))}
    on_a_wire = {"early": _order(plan, "[COUNT]", lambda _, n: early(n))} | _checksum(plan)
    return on_a_wire if transport is Transport.SERIAL else on_a_wire | reset


def _checksum(plan: FaultPlan) -> dict[str, Order]:
    return {"checksum": _order(plan, "[COUNT]", lambda _, n: wrong_checksum(n))}


def _of_all(plan: FaultPlan) -> dict[str, Order]:
    return {
        "silent": _order(plan, "[COUNT]", lambda _, n: silence(n)),
        "half": _order(plan, "[COUNT]", lambda _, n: half_frame(n)),
        "noise": _order(plan, "[COUNT]", lambda _, n: noise(n)),
        "heal": plain(plan.clear),
    }


def _plugging(port: Port) -> dict[str, Order]:
    return {"unplug": plain(port.unplug), "plug": plain(port.plug)}


def _byte(word: str) -> int:
    value = int(word)
    if value not in range(256):
        raise ValueError("a byte is expected")
    return value


def _order(plan: FaultPlan, usage: str, make: Make, *, words: int = 0) -> Order:
    """Make the order that lets a fault stand; after its words may follow for how many frames."""

    def carry_out(given: Sequence[str]) -> None:
        rest = given[words:]
        count = int(only(rest)) if rest else None
        if count is not None and count < 1:
            raise ValueError("a count is at least 1")
        plan.add(make(given[:words], count))

    return Order(usage, carry_out)


def _dropped(words: Sequence[str], count: int | None) -> Fault:
    if words[0] not in REPORTS:
        raise KeyError(words[0])
    return silence(1 if count is None else count, only=words[0])
