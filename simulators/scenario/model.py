"""A scenario as it is played: devices, lines, what befalls them when, what has to be told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from simulators.delivery_text import Language


class Carrier(StrEnum):
    """How a line is reached: a pty, a Modbus TCP port, RTU frames over TCP."""

    PTY = "pty"
    TCP = "tcp"
    RTU_TCP = "rtu-tcp"


class Others(StrEnum):
    """What an alarm is that no expectation names: a false one, or none of our business."""

    REFUSED = "refused"
    ALLOWED = "allowed"


@dataclass(frozen=True, slots=True)
class Line:
    """A bus or port; a `port` of 0 is any free one, None for speed or shape is the device's own."""

    name: str
    carrier: Carrier = Carrier.PTY
    port: int = 0
    baud: int | None = None
    parity: str | None = None
    stop_bits: int | None = None


@dataclass(frozen=True, slots=True)
class Device:
    """A simulated device, the line that it hangs on, and the place whose world it feels.

    `agent` are further keys of its table in a gateway's configuration.
    """

    name: str
    kind: str
    line: str
    place: str
    profile: str
    unit: int | None = None
    agent: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """At a time of the scenario (µs) a device is told an order; `text` says it to a person."""

    number: int
    at_us: int
    device: str
    order: str
    text: Mapping[Language, str]


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the alarm centre must be told, from `least` to `most` times (None: any number).

    From `from_us` to `to_us` of the scenario, which the speed scales, and `within_us` longer, which
    it does not: that is what gateway and server may take. `most` 0: nothing may come.
    """

    number: int
    device: str | None
    rule: str | None
    type: str
    severity: str | None
    from_us: int
    to_us: int
    within_us: int
    least: int = 1
    most: int | None = None

    @property
    def is_nothing(self) -> bool:
        return self.most == 0


@dataclass(frozen=True, slots=True)
class Scenario:
    """All of it; its expectations hold up to the speed `fastest`."""

    name: str
    title: Mapping[Language, str]
    lines: tuple[Line, ...]
    devices: tuple[Device, ...]
    steps: tuple[Step, ...]
    expectations: tuple[Expectation, ...]
    length_us: int
    fastest: float
    others: Others = Others.REFUSED
