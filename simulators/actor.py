"""A device that is being played: what it obeys, and what is true of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from simulators.console import Console, OrderError

State = Callable[[], Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Actor:
    """One device by its name; `path` is what a master opens now, empty while it is unplugged."""

    name: str
    kind: str
    console: Console
    state: State
    where: Callable[[], str]

    @property
    def path(self) -> str:
        try:
            return self.where()
        except OSError:
            return ""


class Troupe:
    """All devices of one program, obeying by name; `heard` is told of each order carried out."""

    def __init__(self, actors: Mapping[str, Actor], heard: Callable[[str, str], object]) -> None:
        """Gather the devices."""
        self.actors = actors
        self._heard = heard

    def obey(self, name: str, order: str) -> None:
        """Let a device carry out an order. Raises OrderError, and KeyError for an unknown one."""
        actor = self.actors[name]
        if not order.strip():
            raise OrderError("an order is empty; try help")
        actor.console.obey(order)
        self._heard(name, order)
