"""Which deliveries may start now: a bounded number per receiver, with room kept for life safety."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from ingest_server.db.delivery import Delivery


@dataclass(frozen=True, slots=True)
class SlotPlan:
    """`total` attempts at once to one receiver, of which `reserved` are for life safety only."""

    total: int = 16
    reserved: int = 4


@dataclass(slots=True)
class Slots:
    """Counts attempts under way. A receiver that is slow fills its own slots, nobody else's."""

    plan: SlotPlan = SlotPlan()
    _ordinary: Counter[str] = field(default_factory=Counter)
    _life_safety: Counter[str] = field(default_factory=Counter)

    def take(self, due: Iterable[Delivery]) -> list[Delivery]:
        """Those that get a slot, in the order given. Each must be given back with `free`."""
        return [delivery for delivery in due if self._admit(delivery)]

    def free(self, delivery: Delivery) -> None:
        self._counter(delivery)[delivery.receiver] -= 1

    def _admit(self, delivery: Delivery) -> bool:
        ordinary, urgent = self._ordinary[delivery.receiver], self._life_safety[delivery.receiver]
        room = ordinary + urgent < self.plan.total
        if not delivery.life_safety:
            room = room and ordinary < self.plan.total - self.plan.reserved
        if room:
            self._counter(delivery)[delivery.receiver] += 1
        return room

    def _counter(self, delivery: Delivery) -> Counter[str]:
        return self._life_safety if delivery.life_safety else self._ordinary
