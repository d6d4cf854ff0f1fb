"""Words for whoever plays with a simulated device: what happens to it, and what breaks."""

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from simulators.care_radar import CareRadar, Motion
from simulators.fault import (
    Fault,
    FaultPlan,
    early,
    exception,
    half_frame,
    late,
    noise,
    silence,
    wrong_checksum,
    wrong_function,
    wrong_length,
    wrong_unit,
)
from simulators.radar_words import REPORTS
from simulators.smoke_detector import SmokeDetector

SWITCH: Final = {"on": True, "off": False}


class OrderError(ValueError):
    """A line that the console does not understand; the text says what would be right."""


class Port(Protocol):
    """What can be pulled out and put back."""

    def plug(self) -> None:
        """Put it back."""

    def unplug(self) -> None:
        """Pull it out."""


@dataclass(frozen=True, slots=True)
class Order:
    """One word of the console: what follows it, and what it does with that."""

    usage: str
    act: Callable[[Sequence[str]], None]


class Console:
    """Obeys lines such as `smoke on` or `late 0.5 3`."""

    def __init__(self, orders: Mapping[str, Order]) -> None:
        """Know these orders."""
        self._orders = orders

    def obey(self, line: str) -> None:
        """Carry out one line; an empty one does nothing. Raises OrderError."""
        words = line.split()
        if not words:
            return
        order = self._orders.get(words[0])
        if order is None:
            raise OrderError(self._unknown(words[0]))
        try:
            order.act(words[1:])
        except (ValueError, KeyError, IndexError) as wrong:
            raise OrderError(f"usage: {words[0]} {order.usage}".rstrip()) from wrong

    def help(self) -> str:
        """Return every order with its usage, one a line."""
        return "\n".join(f"  {word} {order.usage}".rstrip() for word, order in self._orders.items())

    def _unknown(self, word: str) -> str:
        nearest = difflib.get_close_matches(word, self._orders, n=1)
        hint = f"; did you mean {nearest[0]}?" if nearest else "; try help"
        return f"unknown order {word!r}{hint}"


def ug3_console(detector: SmokeDetector, port: Port) -> Console:
    """Return the words for a smoke detector on its line."""
    conditions = {
        "smoke": _switch(detector.set_smoke),
        "service": _switch(detector.set_service),
        "head": _switch(lambda on: detector.mount_head() if on else detector.remove_head()),
        "reset": _plain(detector.reset),
    }
    plan = detector.faults
    faults = {
        "late": _fault(plan, "SECONDS [COUNT]", lambda w, n: late(float(w[0]), n), words=1),
        "early": _fault(plan, "[COUNT]", lambda _, n: early(n)),
        "function": _fault(
            plan, "CODE [COUNT]", lambda w, n: wrong_function(_byte(w[0]), n), words=1
        ),
        "length": _fault(plan, "[COUNT]", lambda _, n: wrong_length(n)),
        "exception": _fault(plan, "CODE [COUNT]", lambda w, n: exception(_byte(w[0]), n), words=1),
        "unit": _fault(
            plan, "OTHER_UNIT [COUNT]", lambda w, n: wrong_unit(_byte(w[0]), n), words=1
        ),
    }
    return Console(conditions | faults | _faults_of_all(plan) | _plugging(port))


def radar_console(radar: CareRadar, port: Port) -> Console:
    """Return the words for a fall radar on its port."""
    conditions = {
        "presence": _switch(radar.set_presence),
        "fall": _switch(radar.set_fall),
        "still": _switch(radar.set_still),
        "motion": Order("none|static|active", lambda w: radar.set_motion(_motion(w))),
        "movement": Order("0..100", lambda w: radar.set_movement(int(_only(w)))),
        "reboot": _plain(radar.reboot),
    }
    plan = radar.faults
    drop = {"drop": _fault(plan, "|".join(REPORTS) + " [COUNT]", _dropped, words=1)}
    return Console(conditions | drop | _faults_of_all(plan) | _plugging(port))


def _faults_of_all(plan: FaultPlan) -> dict[str, Order]:
    return {
        "silent": _fault(plan, "[COUNT]", lambda _, n: silence(n)),
        "checksum": _fault(plan, "[COUNT]", lambda _, n: wrong_checksum(n)),
        "half": _fault(plan, "[COUNT]", lambda _, n: half_frame(n)),
        "noise": _fault(plan, "[COUNT]", lambda _, n: noise(n)),
        "heal": _plain(plan.clear),
    }


def _plugging(port: Port) -> dict[str, Order]:
    return {"unplug": _plain(port.unplug), "plug": _plain(port.plug)}


def _only(words: Sequence[str]) -> str:
    if len(words) != 1:
        raise ValueError("one word is expected")
    return words[0]


def _byte(word: str) -> int:
    value = int(word)
    if value not in range(256):
        raise ValueError("a byte is expected")
    return value


def _motion(words: Sequence[str]) -> Motion:
    return Motion[_only(words).upper()]


def _switch(act: Callable[[bool], object]) -> Order:
    def carry_out(words: Sequence[str]) -> None:
        act(SWITCH[_only(words)])

    return Order("on|off", carry_out)


def _plain(act: Callable[[], object]) -> Order:
    def carry_out(words: Sequence[str]) -> None:
        if words:
            raise ValueError("nothing may follow")
        act()

    return Order("", carry_out)


def _fault(
    plan: FaultPlan,
    usage: str,
    make: Callable[[Sequence[str], int | None], Fault],
    *,
    words: int = 0,
) -> Order:
    """Make the order that lets a fault stand; after its words may follow for how many frames."""

    def carry_out(given: Sequence[str]) -> None:
        rest = given[words:]
        count = int(_only(rest)) if rest else None
        if count is not None and count < 1:
            raise ValueError("a count is at least 1")
        plan.add(make(given[:words], count))

    return Order(usage, carry_out)


def _dropped(words: Sequence[str], count: int | None) -> Fault:
    if words[0] not in REPORTS:
        raise KeyError(words[0])
    return silence(1 if count is None else count, only=words[0])
