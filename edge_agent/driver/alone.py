"""What one frame says by itself, to a person: what it does not contain is not held against it.

The drivers judge a value by what they know besides: who answers, the installed height, the gate
that another frame opened. Of one frame on its own that is unknown; here the value stands, and
what it still depends on is named.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from msgspec.structs import replace

from device_profiles.encoding import ScaleFrom
from device_profiles.model import Point, Profile, Tilt
from device_profiles.transport import Modbus
from edge_agent.driver.decode import Decoded, decode_field
from edge_agent.driver.frame import Frame
from edge_agent.driver.gate import bounded, gated
from edge_agent.driver.interpret import STRANGER, Who, recognise
from edge_agent.driver.raw import Raw, raw_of_data
from edge_agent.driver.reader import decode_raws, raws_of
from edge_agent.driver.request_plan import PlannedRead
from edge_agent.driver.tilt import tilt_of
from wire.quality import Reason, Status, bad, uncertain

UPRIGHT: Final = (0.0, 0.0, 1.0)
"""In place of a baseline: a sensor that lies flat."""


class Unknown(StrEnum):
    """What a value depends on that its frame does not contain."""

    IDENTITY = "identity"
    SCALE = "scale"
    CEILING = "ceiling"
    GATE = "gate"
    BASELINE = "baseline"


class Alone(NamedTuple):
    """`raw`: None of a point that is computed, or whose frame has the wrong length."""

    point: Point
    raw: Raw | None
    decoded: Decoded
    unknown: tuple[Unknown, ...] = ()


def words_alone(profile: Profile, read: PlannedRead, words: Sequence[int]) -> list[Alone]:
    """The points of a reply, in their order; the scale of a gauge as it leaves the factory."""
    transport = profile.transport
    identity = transport.identity if isinstance(transport, Modbus) else None
    raws = raws_of(read, words)
    who = recognise(identity, read, words)
    if who is Who.OTHER:
        other = Decoded(None, STRANGER[who])
        return [Alone(point, raws.get(point.id), other) for point in read.points]
    scales = {**_factory_set(profile), **raws}
    found = decode_raws(read, raws, scales)
    told = [_judged(point, raws[point.id], found) for point in read.points if point.id in raws]
    by_id = {one.point.id: one for one in told}
    told += [_tilted(one, one.tilt, by_id) for one in read.points if one.tilt is not None]
    unseen = () if identity is None or who is Who.RIGHT else (Unknown.IDENTITY,)
    return [one._replace(unknown=(*one.unknown, *unseen)) for one in told]


def frame_alone(profile: Profile, frame: Frame) -> list[Alone]:
    """The points of a frame of a stream, in the profile's order, without those it leaves out."""
    raws: dict[str, Raw | None] = {}
    found: dict[str, Decoded] = {}
    for point in profile.points:
        if point.field is not None and frame.code in point.field.frames:
            decoded = decode_field(point, point.field, frame)
            if decoded.quality != bad(Reason.NEVER_READ):
                found[point.id] = decoded
                raws[point.id] = raw_of_data(point.field, frame.data, frame.layout)
    return [_judged(point, raws[point.id], found) for point in profile.points if point.id in found]


def _judged(point: Point, raw: Raw | None, found: Mapping[str, Decoded]) -> Alone:
    """Gates and ceiling as far as the frame has them."""
    gates = tuple(gate for gate in point.valid_when if gate.point in found)
    ceiling = point.ceiling if point.ceiling in found else None
    known = replace(point, valid_when=gates, ceiling=ceiling)
    decoded = gated(known, bounded(known, found[point.id], found), found)
    unknown = []
    if point.register is not None and point.register.scale_from is not None:
        is_read = _sources(point.register.scale_from) <= found.keys()
        unknown += [] if is_read else [Unknown.SCALE]
        if not is_read and decoded.value is not None:
            decoded = Decoded(decoded.value, uncertain(Reason.CONFIGURATION))
    unknown += [Unknown.CEILING] if ceiling != point.ceiling else []
    unknown += [Unknown.GATE] if gates != point.valid_when else []
    return Alone(point, raw, decoded, tuple(unknown))


def _sources(source: ScaleFrom) -> set[str]:
    return {name for name in (source.decimals, source.unit) if name is not None}


def _factory_set(profile: Profile) -> dict[str, Raw]:
    """By point, what the setting of the same register is when the device leaves the factory."""
    defaults = {
        (setting.register.table, setting.register.address): setting.default / setting.register.scale
        for setting in profile.settings
        if setting.register is not None and setting.default is not None
    }
    places = {
        point.id: (point.register.table, point.register.address)
        for point in profile.points
        if point.register is not None
    }
    return {
        name: Raw(b"", round(defaults[place]))
        for name, place in places.items()
        if place in defaults
    }


def _tilted(point: Point, tilt: Tilt, told: Mapping[str, Alone]) -> Alone:
    axes = [told[axis].decoded for axis in (tilt.x, tilt.y, tilt.z)]
    worst = next((one.quality for one in axes if one.quality.status is Status.BAD), None)
    if worst is not None:
        return Alone(point, None, Decoded(None, worst))
    x, y, z = (one.value if isinstance(one.value, float) else 0.0 for one in axes)
    decoded = tilt_of((x, y, z), UPRIGHT, tilt)
    value, quality = decoded.value, decoded.quality
    if quality.status is Status.GOOD:
        quality = uncertain(Reason.CONFIGURATION)
    return Alone(point, None, Decoded(value, quality), (Unknown.BASELINE,))
