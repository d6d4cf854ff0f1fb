"""Words for whoever plays with a simulated device: what happens to it, and what breaks."""

import difflib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

SWITCH: Final = {"on": True, "off": False}


class OrderError(ValueError):
    """A line that the console does not understand; the text says what would be right."""


class Port(Protocol):
    """What a device hangs on; it can be pulled out and put back."""

    @property
    def path(self) -> str:
        """What a master is told to open."""

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
        except OrderError:
            raise
        except (ValueError, KeyError, IndexError) as wrong:
            raise OrderError(f"usage: {words[0]} {order.usage}".rstrip()) from wrong

    def help(self) -> str:
        """Return every order with its usage, one a line."""
        return "\n".join(f"  {word} {order.usage}".rstrip() for word, order in self._orders.items())

    def _unknown(self, word: str) -> str:
        nearest = difflib.get_close_matches(word, self._orders, n=1)
        hint = f"; did you mean {nearest[0]}?" if nearest else "; try help"
        return f"unknown order {word!r}{hint}"


def only(words: Sequence[str]) -> str:
    """Return the one word. Raises ValueError for more or fewer."""
    if len(words) != 1:
        raise ValueError("one word is expected")
    return words[0]


def switch(act: Callable[[bool], object]) -> Order:
    """Make an order of `on` or `off`."""

    def carry_out(words: Sequence[str]) -> None:
        act(SWITCH[only(words)])

    return Order("on|off", carry_out)


def plain(act: Callable[[], object]) -> Order:
    """Make an order that stands alone."""

    def carry_out(words: Sequence[str]) -> None:
        if words:
            raise ValueError("nothing may follow")
        act()

    return Order("", carry_out)


def number(usage: str, act: Callable[[float], object]) -> Order:
    """Make an order of one finite number."""

    def carry_out(words: Sequence[str]) -> None:
        act(finite(only(words)))

    return Order(usage, carry_out)


def finite(word: str) -> float:
    """Return a finite number. Raises ValueError for any other word."""
    value = float(word)
    if not math.isfinite(value):
        raise ValueError("a number is expected")
    return value


def of(name: str, console: Console) -> dict[str, Order]:
    """Make the order that passes the rest of a line on to the console of one of several devices."""
    usage = "ORDER, one of:\n" + "\n".join(f"  {line}" for line in console.help().splitlines())
    return {name: Order(usage, lambda words: console.obey(" ".join(words)))}
