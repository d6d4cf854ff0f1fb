"""What a fleet is told to do: how many, how fast, for how long, and what befalls it."""

from dataclasses import dataclass
from random import Random

from simulators.fleet.device import Beat, FleetDevice
from simulators.fleet.gateway import FleetGateway
from simulators.fleet.incident import Incident
from simulators.fleet.kind import FleetKind
from wire.bounds import DEVICES
from wire.reading import ID

SHARED = 50
MOST_GATEWAYS = 100_000
LEAST_ROOM = 16_384
FASTEST = 1_000


class PlanError(ValueError):
    """A fleet that can not be; the text names the option and what would be right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`rate`: readings a second of one device. `memory`: bytes for all rows together.

    Raise PlanError.
    """

    gateways: int
    devices: int
    rate: float
    kinds: tuple[FleetKind, ...]
    connections: int | None = None
    urgent_share: float = 0.5
    alarm_every_us: int = 0
    alarm_for_us: int = 10_000_000
    duration_us: int = 60_000_000
    drain_us: int = 60_000_000
    incidents: tuple[Incident, ...] = ()
    duplicates: float = 0.0
    seed: int = 1
    prefix: str = "fleet"
    memory: int = 512 << 20

    def __post_init__(self) -> None:
        for is_wrong, text in (
            (not 1 <= self.gateways <= MOST_GATEWAYS, f"--gateways: from 1 to {MOST_GATEWAYS}"),
            (not 1 <= self.devices <= DEVICES, f"--devices: from 1 to {DEVICES}"),
            (
                not 0 <= self.rate <= FASTEST,
                f"--rate: from 0 to {FASTEST} of one device",
            ),
            (not 1 <= self.links <= self.gateways, f"--connections: from 1 to {self.gateways}"),
            (self._late_incident(), "--outage, --storm: at= has to be before --duration"),
            (not self.kinds, "--kinds: at least one"),
            (ID.fullmatch(self.name(self.gateways)) is None, "--prefix: a-z, 0-9 and -, short"),
            (self.room < LEAST_ROOM, f"--memory: at least {LEAST_ROOM // 1024} KiB a gateway"),
        ):
            if is_wrong:
                raise PlanError(text)

    def _late_incident(self) -> bool:
        return any(one.at_us >= self.duration_us for one in self.incidents)

    @property
    def links(self) -> int:
        """How many connections; many gateways share one unless told otherwise."""
        return min(self.gateways, SHARED) if self.connections is None else self.connections

    @property
    def is_shared(self) -> bool:
        """Whether gateways share connections, so that no connection has a will."""
        return self.links < self.gateways

    @property
    def room(self) -> int:
        """Bytes of one gateway."""
        return self.memory // max(self.gateways, 1)

    @property
    def readings_per_s(self) -> float:
        return self.gateways * self.devices * self.rate

    def name(self, number: int) -> str:
        """Of a gateway, from 1."""
        return f"{self.prefix}-{number:04d}"

    def fleet(self, boot: str, epoch_of: Random) -> list[FleetGateway]:
        """The gateways; `epoch_of` draws what no other run may draw again."""
        return [self._gateway(n, boot, epoch_of) for n in range(1, self.gateways + 1)]

    def _gateway(self, number: int, boot: str, epoch_of: Random) -> FleetGateway:
        dice = Random(f"{self.seed} {number}")  # noqa: S311 - moments and ripples, no secrets
        beat = Beat(self.rate, self.urgent_share)
        devices = []
        for n in range(1, self.devices + 1):
            kind = self.kinds[n % len(self.kinds)]
            devices.append(FleetDevice(f"{kind.name}-{n:03d}", kind, beat, dice))
        epoch = f"{epoch_of.getrandbits(64):016x}"
        return FleetGateway(self.name(number), devices, boot=boot, epoch=epoch, room=self.room)


def dealt(gateways: list[FleetGateway], links: int) -> list[list[FleetGateway]]:
    """The gateways of each connection: as many on one as on any other, give or take one."""
    return [gateways[number::links] for number in range(links)]


class Rota:
    """When each of `count` gateways has its turn, once a second, one after the other."""

    def __init__(self, count: int, start_us: int) -> None:
        self._count = count
        self._start_us = start_us
        self._turns = 0

    def due(self, now_us: int) -> tuple[list[int], int]:
        """Whose turn has come, at most each once, and by how many us the first of them is late."""
        passed = max(now_us - self._start_us, 0)
        late_us = passed - self._turns * 1_000_000 // self._count
        turns = passed * self._count // 1_000_000 + 1
        first = max(self._turns, turns - self._count)
        found = [turn % self._count for turn in range(first, turns)]
        self._turns = max(turns, self._turns)
        return found, max(late_us, 0) if found else 0
