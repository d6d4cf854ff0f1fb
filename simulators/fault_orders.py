"""Words that break a device: what each transport can spoil, for how many frames."""

from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from typing import Final

from simulators.console import Order, Port, finite, only, plain, switch
from simulators.fault import (
    ANY,
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
from simulators.modbus_fault import twin
from simulators.register_unit import RegisterUnit, another_like, cut_power, stick, unstick
from simulators.stream_fault import drip, frozen, glued, split
from simulators.stream_outlet import ANSWER

ALWAYS: Final = "always"
TOGETHER: Final = "collide"


class Transport(Enum):
    """How a device is reached."""

    SERIAL = "serial"
    RTU_OVER_TCP = "rtu-over-tcp"
    TCP = "tcp"


Make = Callable[[Sequence[str], int | None], Fault]
Now = Callable[[], int]


def modbus_orders(
    unit: RegisterUnit, port: Port, transport: Transport, now: Now
) -> dict[str, Order]:
    """Return the words that spoil the replies of a Modbus unit, and those for what befalls it.

    A second unit of its address is one as it is when this is called.
    """
    plan = unit.faults
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
    spoiling = orders | _of_transport(plan, transport) | _of_all(plan)
    return spoiling | _befalling(unit, now) | _plugging(port)


def _befalling(unit: RegisterUnit, now: Now) -> dict[str, Order]:
    second = another_like(unit)

    def heal() -> None:
        unit.faults.clear()
        unstick(unit)

    return {
        "twin": _order(
            unit.faults,
            f"{TOGETHER}|SECONDS [COUNT]",
            lambda w, n: twin(second, 0.0 if w[0] == TOGETHER else finite(w[0]), n),
            words=1,
        ),
        "stuck": switch(lambda on: stick(unit, now()) if on else unstick(unit)),
        "reboot": Order(
            "[SECONDS]",
            lambda w: cut_power(unit, now(), finite(only(w))) if w else cut_power(unit, now()),
        ),
        "heal": plain(heal),
    }


def stream_orders(
    plan: FaultPlan,
    port: Port,
    names: Iterable[str],
    *,
    start: bytes,
    checksum: bool = True,
    answers: bool = True,
) -> dict[str, Order]:
    """Return the words that spoil the frames of a stream device.

    `names` are its frames, `start` is how one begins; what it does not have (a checksum, answers
    to be late with) has no word, or (late) strikes every frame.
    """
    known = tuple(names)
    one = "|".join(known)
    late_one = ANSWER if answers else ANY
    orders = {
        "late": _order(
            plan, "SECONDS [COUNT]", lambda w, n: late(float(w[0]), n, only=late_one), words=1
        ),
        "drop": Order(f"{one} [COUNT|{ALWAYS}]", lambda w: plan.add(_dropped(known, w))),
        "freeze": _order(
            plan, f"{one} [COUNT]", lambda w, n: frozen(n, only=_named(known, w)), words=1
        ),
        "false-start": _order(plan, "[COUNT]", lambda _, n: noise(n, before=start)),
        "glue": _order(plan, "[COUNT]", lambda _, n: glued(n)),
        "split": _order(plan, "[COUNT]", lambda _, n: split(n)),
        "drip": _order(plan, "[COUNT]", lambda _, n: drip(n)),
    }
    sealed = _checksum(plan) if checksum else {}
    return orders | sealed | _of_all(plan) | _plugging(port)


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
        plan.add(make(given[:words], _count(only(rest)) if rest else None))

    return Order(usage, carry_out)


def _count(word: str) -> int:
    count = int(word)
    if count < 1:
        raise ValueError("a count is at least 1")
    return count


def _named(names: Sequence[str], words: Sequence[str]) -> str:
    if words[0] not in names:
        raise KeyError(words[0])
    return words[0]


def _dropped(names: Sequence[str], words: Sequence[str]) -> Fault:
    """Lose one frame of a name unless it is said how many."""
    name, rest = _named(names, words), words[1:]
    if not rest:
        return silence(1, only=name)
    return silence(None if only(rest) == ALWAYS else _count(only(rest)), only=name)
