"""What the reply to a planned read says of its points, and which of it may be believed."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from device_profiles.model import Gate, Point, Profile, Tilt
from device_profiles.transport import Modbus
from edge_agent.driver.decode import Decoded, decode_words
from edge_agent.driver.request_plan import PlannedRead
from edge_agent.driver.tilt import Vector, tilt_of
from wire.quality import Limit, Reason, Status, bad
from wire.reading import Value


class Who(StrEnum):
    """Whether the device that answers is the one that the profile describes."""

    UNKNOWN = "unknown"
    RIGHT = "right"
    OTHER = "other"


_STRANGER = {Who.UNKNOWN: bad(Reason.NEVER_READ), Who.OTHER: bad(Reason.CONFIGURATION)}


class Interpreter:
    """Remembers who answers and what bounds the other points (an installed height)."""

    def __init__(self, profile: Profile, baseline: Vector | None = None) -> None:
        transport = profile.transport
        self._identity = transport.identity if isinstance(transport, Modbus) else None
        self._baseline = baseline
        self._ceilings = {point.ceiling for point in profile.points if point.ceiling is not None}
        self._known: dict[str, Decoded] = {}
        self._who = Who.RIGHT if self._identity is None else Who.UNKNOWN

    @property
    def who(self) -> Who:
        return self._who

    def forget(self) -> None:
        """Nobody knows who will answer next: the device fell silent and may be replaced."""
        self._who = Who.RIGHT if self._identity is None else Who.UNKNOWN
        self._known = {}

    def interpret(self, read: PlannedRead, words: Sequence[int]) -> dict[str, Decoded]:
        """Every point of the read, in its order; `words` are as many as it asked for."""
        self._recognise(read, words)
        if self._who is not Who.RIGHT:
            return {point.id: Decoded(None, _STRANGER[self._who]) for point in read.points}
        raw = {
            point.id: decode_words(
                point, point.register, _part(point.register.address, read, words)
            )
            for point in read.points
            if point.register is not None
        }
        self._known |= {name: raw[name] for name in self._ceilings & raw.keys()}
        judged = {
            point.id: _gated(point, self._bounded(point, raw[point.id]), raw)
            for point in read.points
            if point.id in raw
        }
        return {
            point.id: judged.get(point.id) or self._tilted(point, judged) for point in read.points
        }

    def _recognise(self, read: PlannedRead, words: Sequence[int]) -> None:
        identity = self._identity
        if identity is None or not read.holds(identity.table, identity.address):
            return
        found = words[identity.address - read.address] & identity.mask
        self._who = Who.RIGHT if found == identity.value else Who.OTHER

    def _bounded(self, point: Point, decoded: Decoded) -> Decoded:
        if point.ceiling is None or not isinstance(decoded.value, float):
            return decoded
        ceiling = self._known.get(point.ceiling)
        if ceiling is None:
            return Decoded(None, bad(Reason.NEVER_READ))
        if not isinstance(ceiling.value, float) or ceiling.value <= 0:
            return Decoded(None, bad(Reason.CONFIGURATION))
        if decoded.value > ceiling.value:
            return Decoded(None, bad(Reason.OUT_OF_RANGE, Limit.HIGH))
        return decoded

    def _tilted(self, point: Point, judged: Mapping[str, Decoded]) -> Decoded:
        if point.tilt is None:
            raise ValueError(f"point {point.id} was planned without a register")
        return _tilted(point.tilt, judged, self._baseline)


def _part(address: int, read: PlannedRead, words: Sequence[int]) -> Sequence[int]:
    return words[address - read.address :]


def _gated(point: Point, decoded: Decoded, raw: Mapping[str, Decoded]) -> Decoded:
    for gate in point.valid_when:
        value = raw[gate.point].value
        if _same(value, gate.equals) or (gate.saturated_passes and _is_saturated(decoded)):
            continue
        return Decoded(None, bad(_reason(gate, value)))
    return decoded


def _same(value: Value | None, wanted: Value) -> bool:
    """True is not 1.0 here, though Python says so."""
    return isinstance(value, bool) is isinstance(wanted, bool) and value == wanted


def _reason(gate: Gate, value: Value | None) -> str:
    return gate.reasons.get(value, gate.otherwise) if isinstance(value, str) else gate.otherwise


def _is_saturated(decoded: Decoded) -> bool:
    return decoded.quality == bad(Reason.OUT_OF_RANGE, Limit.HIGH)


def _tilted(tilt: Tilt, judged: Mapping[str, Decoded], baseline: Vector | None) -> Decoded:
    x, y, z = judged[tilt.x], judged[tilt.y], judged[tilt.z]
    if not (
        isinstance(x.value, float) and isinstance(y.value, float) and isinstance(z.value, float)
    ):
        worst = next(one for one in (x, y, z) if one.quality.status is Status.BAD)
        return Decoded(None, worst.quality)
    return tilt_of((x.value, y.value, z.value), baseline, tilt)
