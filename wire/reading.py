"""One reading: a point of a device, what it was, when, and how far to trust it."""

import re
import sys

import msgspec

from wire.bounds import TEXT
from wire.quality import GOOD, Quality, Status, parse_quality
from wire.quantity import PRIMARY_UNITS, check_unit
from wire.refusal import Refusal, WireError

Value = float | bool | str

ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
POINT = re.compile(r"[a-z][a-z0-9_]{0,31}")

ITSELF = "gateway"
"""The device under whose name a gateway tells of itself; no birth names it, no rule judges it."""
ITS_ACTION = "local_action"
"""The point of it, a text, in which it says what it did by itself, in the urgent lane."""
_OF_LINK = "link_"
_MOST = sys.float_info.max


def is_of_link(point: str) -> bool:
    """Whether it is the gateway's word on its way to the device: no sign of life of the device."""
    return point.startswith(_OF_LINK)


class Reading(msgspec.Struct, frozen=True, gc=False):
    """`time_us`: microseconds of UTC, or since the base of its batch when the batch is relative.

    `value` is None exactly when the quality is bad. `unit` is a primary SenML unit, or None for
    states (bool) and texts: what those carry does not travel.
    """

    device: str
    point: str
    time_us: int
    value: Value | None
    unit: str | None = None
    quality: Quality = GOOD


def check_reading(reading: Reading) -> None:
    """What may not travel: raise the WireError that the other side would give, time aside.

    NAME_GRAMMAR, BAD_WITH_VALUE, VALUE_MISSING, NOT_FINITE, VALUE_KIND, TEXT_TOO_LONG,
    UNIT_UNKNOWN, QUALITY_GRAMMAR.
    """
    check_names(reading.device, reading.point)
    check_said(reading)


def check_names(device: str, point: str) -> None:
    """Once for all readings of a point: raise WireError(NAME_GRAMMAR)."""
    if not ID.fullmatch(device) or not POINT.fullmatch(point):
        raise WireError(Refusal.NAME_GRAMMAR, f"{_name(device, point)!r}: bad device id or point")


def check_said(reading: Reading) -> None:
    """As `check_reading`, of a point whose names were checked."""
    value, unit = reading.value, reading.unit
    is_known = unit is None or unit in PRIMARY_UNITS
    if type(value) is float and is_known and reading.quality is GOOD and abs(value) <= _MOST:
        return  # nearly all
    if reading.quality != GOOD:
        parse_quality(str(reading.quality))
    check_pair(reading)
    if isinstance(value, str):
        _check_text(reading, value)
    elif value is not None:
        _check_number(reading)


def check_pair(reading: Reading) -> None:
    """Bad carries no number, so that a stranger never reads bad as good; the others carry one."""
    is_bad = reading.quality.status is Status.BAD
    if is_bad and reading.value is not None:
        raise WireError(Refusal.BAD_WITH_VALUE, f"{_said_by(reading)} is bad")
    if not is_bad and reading.value is None:
        raise WireError(Refusal.VALUE_MISSING, f"{_said_by(reading)} has no value")


def _check_text(reading: Reading, text: str) -> None:
    if len(text) > TEXT:
        raise WireError(
            Refusal.TEXT_TOO_LONG, f"{_said_by(reading)}: {len(text)} characters, at most {TEXT}"
        )
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise WireError(Refusal.VALUE_KIND, f"{_said_by(reading)}: a lone surrogate is no text")


def _check_number(reading: Reading) -> None:
    value = reading.value
    if isinstance(value, bool):
        return
    if not isinstance(value, float | int) or not abs(value) <= _MOST:
        raise WireError(Refusal.NOT_FINITE, f"{_said_by(reading)} is not a finite number")
    if reading.unit is not None:
        check_unit(reading.unit)


def _said_by(reading: Reading) -> str:
    return _name(reading.device, reading.point)


def _name(device: str, point: str) -> str:
    return f"{device[:80]}:{point[:40]}"
