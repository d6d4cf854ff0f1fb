"""Cross-checks of a stream: what it is asked, what answers, what silence means."""

from collections.abc import Iterator

from alarm_rules.rule import AbsenceRule
from device_profiles.check_fields import check_fields
from device_profiles.check_layouts import check_layouts
from device_profiles.frame_codes import carriers, kinds_of, unsayable
from device_profiles.handbook import english
from device_profiles.model import Gate, Point, Profile, ValueKind
from device_profiles.reach import never_is, no_such_point
from device_profiles.transport import Stream
from device_profiles.typed_toml import Problem

_SILENCE = "silen"  # silent, silence


def check_stream(transport: Stream, profile: Profile) -> Iterator[Problem]:
    """What contradicts itself in a stream and its points."""
    yield from check_layouts(transport)
    yield from check_fields(transport, profile)
    yield from _questions(transport, profile)
    yield from _told(transport, profile)
    yield from _heartbeat(transport, profile)
    yield from _times(transport, profile)
    for index, point in enumerate(profile.points):
        yield from _beside(point, profile, f"points[{index}]")


def _read_codes(profile: Profile) -> set[str]:
    return {code for point in profile.points if point.field for code in point.field.frames}


def _questions(transport: Stream, profile: Profile) -> Iterator[Problem]:
    """Each can be asked, and some point reads the answer."""
    read = _read_codes(profile)
    for key in ("resync", "settings"):
        for index, code in enumerate(getattr(transport, key)):
            place = f"{key}[{index}]"
            wrong = unsayable(transport, code, transport.query_data)
            if wrong is not None:
                yield Problem("transport", place, wrong)
            answer = transport.answer_to(code)
            if answer not in read:
                message = f"{code!r} is asked, but no point reads its answer {answer!r}"
                yield Problem("transport", place, message)


def _told(transport: Stream, profile: Profile) -> Iterator[Problem]:
    """Every code that is named belongs to a layout, and to a point or to `ignored`."""
    read = _read_codes(profile)
    ignored = set(transport.ignored)
    for code in sorted(read & ignored):
        place = f"ignored[{transport.ignored.index(code)}]"
        yield Problem("transport", place, f"{code!r} carries a point: take it out")
    for place, code in _named_codes(transport):
        if not carriers(code, transport.layouts):
            message = f"no layout has {code!r}: write {kinds_of(transport.layouts)}"
            yield Problem("transport", place, message)
        elif code not in read | ignored:
            remedy = "name it in a point's field.frames, or in ignored"
            yield Problem("transport", place, f"{code!r} is read nowhere: {remedy}")


def _named_codes(transport: Stream) -> Iterator[tuple[str, str]]:
    for key in ("restart_frames", "regular", "ignored"):
        for index, code in enumerate(getattr(transport, key)):
            yield f"{key}[{index}]", code
    for query, answer in transport.answers.items():
        yield f"answers.{query}", answer
    if transport.heartbeat_frame is not None:
        yield "heartbeat_frame", transport.heartbeat_frame


def _heartbeat(transport: Stream, profile: Profile) -> Iterator[Problem]:
    if (transport.heartbeat_frame is None) is not (transport.heartbeat_point is None):
        remedy = "name both, or neither"
        message = f"and heartbeat_frame belong together: {remedy}"
        yield Problem("transport", "heartbeat_point", message)
    wanted = {"heartbeat_point": ValueKind.STATE, "uptime_point": ValueKind.NUMBER}
    kinds = {point.id: point.value for point in profile.points}
    for key, kind in wanted.items():
        name = getattr(transport, key)
        if name is None:
            continue
        if name not in kinds:
            yield Problem("transport", key, f"{name!r} is not a point")
        elif kinds[name] is not kind:
            yield Problem("transport", key, f"{name!r} is a {kinds[name]}, should be a {kind}")


def _times(transport: Stream, profile: Profile) -> Iterator[Problem]:
    if transport.liveness is None:
        yield from _silence(profile)
    elif not transport.liveness:
        yield Problem("transport", "liveness", "must be longer than nothing; without it, leave it")
    for key in ("heartbeat", "resync_period", "settings_period", "reply_timeout", "frame_gap"):
        if not getattr(transport, key):
            yield Problem("transport", key, "must be longer than nothing")
    if transport.resync and transport.stale_after < transport.resync_period:
        message = "is shorter than resync_period: every point would be stale between two rounds"
        yield Problem("transport", "stale_after", message)


def _silence(profile: Profile) -> Iterator[Problem]:
    """A device that is silent while all is well can not be missed, and people have to know."""
    if not any(_SILENCE in english(caveat).lower() for caveat in profile.evidence.caveats):
        remedy = "write it, or a caveat that says what the silence of this device means"
        yield Problem("transport", "liveness", f"is missing: {remedy}")
    for index, rule in enumerate(profile.rules):
        if isinstance(rule, AbsenceRule):
            message = "absence needs transport.liveness: without it silence is no fault"
            yield Problem(f"rules[{index}]", "kind", message)


def _beside(point: Point, profile: Profile, table: str) -> Iterator[Problem]:
    """Gates may come in other frames, which the driver remembers; a scale must not."""
    read = {one.id for one in profile.points if one.field is not None and one != point}
    for index, gate in enumerate(point.valid_when):
        place = f"{table}.valid_when[{index}]"
        if all(gate.point != one.id for one in profile.points):
            yield Problem(place, "point", no_such_point(gate.point, profile))
        elif gate.point not in read:
            yield Problem(place, "point", f"{gate.point!r} is not another point that is read")
        else:
            yield from _gate(gate, profile, place)
    source = None if point.field is None else point.field.scale_from
    for key in () if source is None else ("decimals", "unit"):
        name = getattr(source, key)
        if name is not None and not _is_read_with(name, point, profile):
            message = f"{name!r} is not read in one frame with this"
            yield Problem(f"{table}.field.scale_from", key, message)


def _is_read_with(name: str, point: Point, profile: Profile) -> bool:
    """Whether every frame that brings the point brings the other too."""
    other = next((one for one in profile.points if one.id == name), None)
    if other is None or other.field is None or point.field is None or other == point:
        return False
    return set(point.field.frames) <= set(other.field.frames)


def _gate(gate: Gate, profile: Profile, place: str) -> Iterator[Problem]:
    wrong = never_is(profile.point(gate.point), gate.equals, profile)
    if wrong is not None:
        yield Problem(place, "equals", wrong)
