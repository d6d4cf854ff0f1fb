"""One reading: a point of a device, what it was, when, and how far to trust it."""

import re
from dataclasses import dataclass

from wire.quality import GOOD, Quality

Value = float | bool | str

ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
POINT = re.compile(r"[a-z][a-z0-9_]{0,31}")


@dataclass(frozen=True, slots=True)
class Reading:
    """`time_us`: microseconds of UTC, or since the base of its batch when the batch is relative.

    `value` is None exactly when the quality is bad. `unit` is a primary SenML unit, or None for
    states (bool) and texts.
    """

    device: str
    point: str
    time_us: int
    value: Value | None
    unit: str | None = None
    quality: Quality = GOOD
