"""Amounts and times of a sheet as people write them, with the units that they know."""

import re
from typing import Final

from alarm_rules.duration import duration_text

_TIMES: Final = {
    "us": ("µs", "微秒"),
    "ms": ("ms", "毫秒"),
    "s": ("s", "秒"),
    "min": ("min", "分钟"),
    "h": ("h", "小时"),
    "d": ("d", "天"),
}
_UNITS: Final = {  # what SenML writes otherwise than people do
    "/": ("ratio", "比值"),
    "count": ("number", "数"),
    "Cel": ("°C", "°C"),
    "deg": ("°", "°"),
    "1/min": ("1/min", "次/分钟"),
    "beat/min": ("beats/min", "次/分钟"),
    "m/s2": ("m/s²", "m/s²"),
}
_NUMBER: Final = re.compile(r"([\d.]+)(\D+)")
_SECOND_US: Final = 1_000_000
_LONG_S: Final = 60


def time_text(lang: str, microseconds: int) -> str:
    """Such as "10 s" or "10 秒"."""
    found = _NUMBER.fullmatch(duration_text(microseconds))
    if found is None:
        return duration_text(microseconds)
    number, unit = found.groups()
    return f"{number} {_TIMES[unit][lang == 'zh']}"


def unit_text(lang: str, unit: str) -> str:
    """A SenML unit as people know it."""
    return _UNITS[unit][lang == "zh"] if unit in _UNITS else unit


def amount(lang: str, value: float, unit: str | None) -> str:
    """With its unit; a share also in percent, and many seconds as a time."""
    number = f"{value:g}"
    if unit == "/":
        return f"{number} ({value * 100:g} %)"
    if unit is None or unit == "count":
        return number
    if unit == "s" and abs(value) >= _LONG_S:
        return time_text(lang, round(value * _SECOND_US))
    return f"{number}{'' if unit == 'deg' else ' '}{unit_text(lang, unit)}"
