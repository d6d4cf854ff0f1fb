"""Cross-checks of a stream: frames, their lengths, and the queries that ask for them."""

from collections.abc import Iterator

from device_profiles.model import Point, Profile
from device_profiles.transport import Stream
from device_profiles.typed_toml import Problem


def check_stream(transport: Stream, profile: Profile) -> Iterator[Problem]:
    """What contradicts itself in a stream and its points."""
    lengths: dict[str, int] = {}
    for index, point in enumerate(profile.points):
        for code, length in _frames(point):
            if lengths.setdefault(code, length) != length:
                yield Problem(f"points[{index}]", "length", f"of {code!r} is another elsewhere")
    for key, codes in (("resync", transport.resync), ("settings", transport.settings)):
        for code in codes:
            if transport.answer_to(code) not in lengths:
                yield Problem("transport", key, f"{code!r} is asked, but no point reads the answer")
    yield from _named_points(transport, profile)


def _named_points(transport: Stream, profile: Profile) -> Iterator[Problem]:
    ids = {point.id for point in profile.points}
    for key in ("heartbeat_point", "uptime_point"):
        if getattr(transport, key) not in (None, *ids):
            yield Problem("transport", key, f"{getattr(transport, key)!r} is not a point")


def _frames(point: Point) -> list[tuple[str, int]]:
    return [(code, point.field.length) for code in point.field.frames] if point.field else []
