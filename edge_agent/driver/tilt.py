"""The angle between an acceleration and a stored baseline, and how far it may be trusted."""

import math
from typing import Final

from device_profiles.model import Tilt
from edge_agent.driver.decode import Decoded
from wire.quality import GOOD, Reason, bad, uncertain

NOT_AT_REST: Final = "not_at_rest"
"""Reason of a tilt that was computed while the device moved or lied."""

Vector = tuple[float, float, float]


def tilt_of(acceleration: Vector, baseline: Vector | None, tilt: Tilt) -> Decoded:
    """Degrees between the two, 0 to 180, whatever the mounting and the length of the baseline.

    Without a baseline bad/configuration, without any acceleration bad/sensor_fault.
    """
    if baseline is None or not math.hypot(*baseline):
        return Decoded(None, bad(Reason.CONFIGURATION))
    size = math.hypot(*acceleration)
    if not size:
        return Decoded(None, bad(Reason.SENSOR_FAULT))
    is_at_rest = abs(size - tilt.gravity) <= tilt.tolerance * tilt.gravity
    return Decoded(
        degrees_between(acceleration, baseline), GOOD if is_at_rest else uncertain(NOT_AT_REST)
    )


def degrees_between(one: Vector, other: Vector) -> float:
    """The angle, of cross and dot product: exact for small ones where the arc cosine is not."""
    cross = math.hypot(
        one[1] * other[2] - one[2] * other[1],
        one[2] * other[0] - one[0] * other[2],
        one[0] * other[1] - one[1] * other[0],
    )
    dot = sum(a * b for a, b in zip(one, other, strict=True))
    return round(math.degrees(math.atan2(cross, dot)), 3)
