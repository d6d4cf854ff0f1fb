"""What a gateway says of itself: its computer, and what it does without being asked."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MachineHealth:
    """The computer itself; None what it does not say."""

    memory: int | None = None
    disk_free: int | None = None
    temperature: float | None = None


@dataclass(frozen=True, slots=True)
class LocalActionHealth:
    """`state` and `reason` are those of its table; `since_us`: when the state began, if it did.

    `holding`: what holds now, as `device/rule`. `detail`: what came of the last order.
    """

    name: str
    device: str
    action: str
    state: str
    reason: str
    since_us: int | None = None
    holding: tuple[str, ...] = ()
    detail: str = ""
