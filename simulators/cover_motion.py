"""A manhole cover: it lies, is tilted, opened, knocked, driven over, taken away."""

import math
from typing import Final

from simulators.course import Course
from simulators.noise import wobble

OPEN_DEG: Final = 110.0
SHUT_BELOW_DEG: Final = 3.0
SWING_DEG_PER_S: Final = 90.0
KNOCK_US: Final = 150_000
KNOCK_G: Final = 2.0
TRAFFIC_G: Final = 0.05
REST_G: Final = 0.003
FILTERED_DEG_PER_G: Final = 5.0

Vector = tuple[float, float, float]


class CoverMotion:
    """The angle of a cover on its hinge, and what an accelerometer on it feels.

    `roll` and `pitch` (degrees) say how the sensor sits on a shut cover; the hinge is the sensor's
    X axis. Set by method, from any thread, at a `now` of the line's clock (µs). `rest_g` is the
    noise of a cover at rest (standard deviation of each axis, in g); 0 makes figures exact.
    """

    def __init__(
        self, *, roll: float = 0.0, pitch: float = 0.0, rest_g: float = REST_G, seed: int = 0
    ) -> None:
        """Lay the cover into its frame, at rest."""
        self._level = _gravity(math.radians(roll), math.radians(pitch))
        self._rest_g = rest_g
        self._seed = seed
        self._course = Course.resting(0.0)
        self._knocked_us = -KNOCK_US
        self._traffic = False

    def tilt(self, degrees: float, now: int) -> None:
        """Swing to an angle from shut. Raises ValueError unless from 0 to 180."""
        if not 0.0 <= degrees <= 180.0:  # noqa: PLR2004 - half a turn
            raise ValueError(f"angle is {degrees}; it must be from 0 to 180 degrees")
        self._course = self._course.towards(degrees, SWING_DEG_PER_S, now)

    def open(self, now: int) -> None:
        """Throw it open."""
        self.tilt(OPEN_DEG, now)

    def close(self, now: int) -> None:
        """Lay it back into its frame."""
        self.tilt(0.0, now)

    def knock(self, now: int) -> None:
        """Let something hit it: 150 ms of 2 g."""
        self._knocked_us = now

    def set_traffic(self, heavy: bool) -> None:  # noqa: FBT001 - reads as a sentence at the call
        """Let lorries drive over it, or not."""
        self._traffic = heavy

    def angle(self, now: int) -> float:
        """Return the angle from shut, in degrees."""
        return self._course.at(now)

    def is_shut(self, now: int) -> bool:
        """Tell whether a contact in the frame touches the cover."""
        return self._course.at(now) < SHUT_BELOW_DEG

    def turning(self, now: int) -> float:
        """Return how fast it swings around the hinge, degrees a second."""
        if not self._course.is_moving(now):
            return 0.0
        return math.copysign(SWING_DEG_PER_S, self._course.target - self._course.start)

    def attitude(self, now: int) -> tuple[float, float]:
        """Return roll and pitch in degrees, as gravity gives them, with a filter's little noise."""
        x, y, z = self._gravity_at(now)
        spread = self._rest_g * FILTERED_DEG_PER_G
        roll = math.degrees(math.atan2(y, z)) + wobble(self._seed, "roll", now, spread)
        pitch = math.degrees(math.atan2(-x, math.hypot(y, z)))
        return roll, pitch + wobble(self._seed, "pitch", now, spread)

    def acceleration(self, now: int) -> Vector:
        """Return what an accelerometer feels, in g: gravity, noise, traffic, a knock."""
        x, y, z = self._gravity_at(now)
        hit = KNOCK_G if 0 <= now - self._knocked_us < KNOCK_US else 0.0
        return x + self._shake("x", now), y + self._shake("y", now), z + self._shake("z", now) + hit

    def _shake(self, axis: str, now: int) -> float:
        spread = self._rest_g + (TRAFFIC_G if self._traffic else 0.0)
        return wobble(self._seed, axis, now, spread)

    def _gravity_at(self, now: int) -> Vector:
        turned = math.radians(self._course.at(now))
        x, y, z = self._level
        sine, cosine = math.sin(turned), math.cos(turned)
        return x, y * cosine + z * sine, z * cosine - y * sine


def _gravity(roll: float, pitch: float) -> Vector:
    """One g as a sensor with this roll and pitch (rad) feels it."""
    return (
        -math.sin(pitch),
        math.sin(roll) * math.cos(pitch),
        math.cos(roll) * math.cos(pitch),
    )
