"""What a frame says of its points, and which of it may be believed by what others said before."""

from collections.abc import Iterable

from device_profiles.encoding import Field
from device_profiles.model import Point, Profile
from edge_agent.driver.decode import Decoded, decode_field
from edge_agent.driver.frame import Frame
from edge_agent.driver.gate import bounded, gated
from edge_agent.exchange import Sample
from wire.quality import Reason, bad

_NOT_TOLD = bad(Reason.NEVER_READ)


class FramePoints:
    """Remembers what gates and ceilings depend on, since it may come in another frame."""

    def __init__(self, profile: Profile) -> None:
        self._fields = _by_code(profile.points)
        self._gated = tuple(one for one in profile.points if one.valid_when or one.ceiling)
        self._deciding = {gate.point for one in self._gated for gate in one.valid_when}
        self._deciding |= {one.ceiling for one in self._gated if one.ceiling is not None}
        self._known: dict[str, Decoded] = {}
        self._believed: dict[str, Decoded] = {}  # of the gated ones, what was told and not bad

    def points_of(self, codes: Iterable[str]) -> tuple[str, ...]:
        """Ids of the points that these frames tell."""
        found = (point.id for code in codes for point, _ in self._fields.get(code, ()))
        return tuple(dict.fromkeys(found))

    def forget(self) -> None:
        """The device fell silent: what it said before decides nothing."""
        self._known.clear()
        self._believed.clear()

    def read(self, frame: Frame, now_us: int) -> list[Sample]:
        """A sample of each point in the frame, and of those that its news make bad.

        A point whose gate shuts is bad at once; when it opens again, its next frame tells.
        """
        raw = {
            point.id: (point, decoded)
            for point, field in self._fields.get(frame.code, ())
            for decoded in (decode_field(point, field, frame),)
            if decoded.quality != _NOT_TOLD
        }
        self._known |= {name: raw[name][1] for name in self._deciding & raw.keys()}
        told = {name: self._judged(point, decoded) for name, (point, decoded) in raw.items()}
        for point in self._gated:
            if point.id in told:
                self._believed[point.id] = told[point.id]
            elif point.id in self._believed:
                told |= self._shut(point)
        return [Sample(name, one.value, now_us, one.quality) for name, one in told.items()]

    def _shut(self, point: Point) -> dict[str, Decoded]:
        before = self._believed[point.id]
        now = self._judged(point, before)
        if before.value is None or now.value is not None:
            return {}
        self._believed[point.id] = now
        return {point.id: now}

    def _judged(self, point: Point, decoded: Decoded) -> Decoded:
        return gated(point, bounded(point, decoded, self._known), self._known)


def _by_code(points: Iterable[Point]) -> dict[str, list[tuple[Point, Field]]]:
    table: dict[str, list[tuple[Point, Field]]] = {}
    for point in points:
        for code in point.field.frames if point.field is not None else ():
            if point.field is not None:
                table.setdefault(code, []).append((point, point.field))
    return table
