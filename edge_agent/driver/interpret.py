"""What the reply to a planned read says of its points, and which of it may be believed."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from device_profiles.model import Point, Profile, Tilt
from device_profiles.transport import Identity, Modbus
from edge_agent.driver.decode import Decoded
from edge_agent.driver.gate import bounded, gated
from edge_agent.driver.reader import Reader
from edge_agent.driver.request_plan import PlannedRead
from edge_agent.driver.tilt import Vector, tilt_of
from edge_agent.exchange import Sample
from wire.quality import Reason, Status, bad


class Who(StrEnum):
    """Whether the device that answers is the one that the profile describes."""

    UNKNOWN = "unknown"
    RIGHT = "right"
    OTHER = "other"


_READERS_MAX = 64
STRANGER = {Who.UNKNOWN: bad(Reason.NEVER_READ), Who.OTHER: bad(Reason.CONFIGURATION)}


class Interpreter:
    """Remembers who answers and what bounds the other points (an installed height)."""

    def __init__(self, profile: Profile, baseline: Vector | None = None) -> None:
        transport = profile.transport
        self._identity = transport.identity if isinstance(transport, Modbus) else None
        self.baseline = baseline
        self._ceilings = {point.ceiling for point in profile.points if point.ceiling is not None}
        self._known: dict[str, Decoded] = {}
        self._who = Who.RIGHT if self._identity is None else Who.UNKNOWN
        self._readers: dict[int, Reader] = {}  # by the read's id; a reader holds its read

    @property
    def who(self) -> Who:
        return self._who

    def forget(self) -> None:
        """Nobody knows who will answer next: the device fell silent and may be replaced."""
        self._who = Who.RIGHT if self._identity is None else Who.UNKNOWN
        self._known = {}

    def interpret(self, read: PlannedRead, words: Sequence[int]) -> Mapping[str, Decoded]:
        """Every point of the read, in its order; `words` are as many as it asked for."""
        reader = self._readers.get(id(read)) or self._reader(read)
        if self._identity is not None:
            self._recognise(read, words)
            if self._who is not Who.RIGHT:
                return {point.id: Decoded(None, STRANGER[self._who]) for point in read.points}
        raw = reader.decode(words)
        if reader.is_plain:
            return raw
        self._known |= {name: raw[name] for name in self._ceilings & raw.keys()}
        judged = {
            point.id: gated(point, bounded(point, raw[point.id], self._known), raw)
            for point in read.points
            if point.id in raw
        }
        return {
            point.id: judged.get(point.id) or self._tilted(point, judged) for point in read.points
        }

    def samples(self, read: PlannedRead, words: Sequence[int], at_us: int) -> list[Sample]:
        """What `interpret` finds, at the time of the reply."""
        if self._identity is None:
            reader = self._readers.get(id(read)) or self._reader(read)
            if reader.is_direct:
                return reader.samples(words, at_us)
        found = self.interpret(read, words)
        return [Sample(point, one.value, at_us, one.quality) for point, one in found.items()]

    def _reader(self, read: PlannedRead) -> Reader:
        """The device's reads are few; a search for what it refuses makes some more."""
        if len(self._readers) >= _READERS_MAX:
            self._readers.clear()
        reader = self._readers[id(read)] = Reader(read, bounds=self._ceilings)
        return reader

    def _recognise(self, read: PlannedRead, words: Sequence[int]) -> None:
        found = recognise(self._identity, read, words)
        if found is not Who.UNKNOWN:
            self._who = found

    def _tilted(self, point: Point, judged: Mapping[str, Decoded]) -> Decoded:
        if point.tilt is None:
            raise ValueError(f"point {point.id} was planned without a register")
        return _tilted(point.tilt, judged, self.baseline)


def recognise(identity: Identity | None, read: PlannedRead, words: Sequence[int]) -> Who:
    """What this reply alone tells of who answers."""
    if identity is None or not read.holds(identity.table, identity.address):
        return Who.UNKNOWN
    found = words[identity.address - read.address] & identity.mask
    return Who.RIGHT if found == identity.value else Who.OTHER


def _tilted(tilt: Tilt, judged: Mapping[str, Decoded], baseline: Vector | None) -> Decoded:
    x, y, z = judged[tilt.x], judged[tilt.y], judged[tilt.z]
    if not (
        isinstance(x.value, float) and isinstance(y.value, float) and isinstance(z.value, float)
    ):
        worst = next(one for one in (x, y, z) if one.quality.status is Status.BAD)
        return Decoded(None, worst.quality)
    return tilt_of((x.value, y.value, z.value), baseline, tilt)
