"""Points to lines of InfluxDB's line protocol and back: what stands in which tag and field.

    reading,device=…,gateway=…,point=… number=1.5,quality="good/ok unit=m" 1795251846000000

Tags: who it is. Fields: `number` (float), `state` (boolean) or `text` (string), one of them or
none, so that a name has one type for ever; and always `quality`: the quality as on the wire, then
what is not usual, as words. InfluxDB merges two lines of one series and time field by field; by the
field that is always written, the later one says what of it counts.

Words: `unit=…`; `clock=…` unless synchronised; `state`, `text` or `none` unless it is a number.
Source: InfluxData, "Line protocol" (InfluxDB OSS v2); time in microseconds (precision=us).
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from ingest_server.store.point import Point
from wire.envelope import ClockState
from wire.reading import Value

MEASUREMENT = "reading"
NUMBER, STATE, TEXT, QUALITY = "number", "state", "text", "quality"

LINES = 5_000
"""Lines a request: 569 000 points/s were measured, and with twice as many no more than 651 000."""

BYTES = 900_000
"""A larger body would hold up the event loop, of which aiohttp warns at 1 MiB."""

_NONE = "none"
_USUAL_CLOCK = ClockState.SYNCHRONISED.value
_IN_TAG = str.maketrans({",": r"\,", "=": r"\=", " ": r"\ ", "\n": r"\n", "\r": r"\r", "\t": r"\t"})
# A line break would come back from a query as another one (CSV), so it is written out.
_IN_TEXT = str.maketrans({"\\": r"\\", "\n": r"\n", "\r": r"\r"})
_IN_STRING = str.maketrans({"\\": r"\\", '"': r"\""})


def line(point: Point) -> str:
    """A number that is not finite makes a line that InfluxDB refuses."""
    value = point.value
    if value is None:
        kind, field = _NONE, ""
    elif isinstance(value, bool):
        kind, field = STATE, "state=t," if value else "state=f,"
    elif isinstance(value, str):
        kind, field = TEXT, f'text="{value.translate(_IN_TEXT).translate(_IN_STRING)}",'
    else:
        kind, field = NUMBER, f"number={float(value)!r},"
    tags = _tags(point.gateway, point.device, point.point)
    return f"{tags} {field}{_quality(point.quality, point.unit, point.clock, kind)} {point.time_us}"


@lru_cache(maxsize=200_000)
def _tags(gateway: str, device: str, point: str) -> str:
    """Tags in alphabetical order, which spares InfluxDB the sorting."""
    gateway, device, point = (name.translate(_IN_TAG) for name in (gateway, device, point))
    return f"{MEASUREMENT},device={device},gateway={gateway},point={point}"


@lru_cache(maxsize=10_000)
def _quality(quality: str, unit: str | None, clock: str, kind: str) -> str:
    words = [quality]
    words += [] if unit is None else [f"unit={unit}"]
    words += [] if clock == _USUAL_CLOCK else [f"clock={clock}"]
    words += [] if kind == NUMBER else [kind]
    return f'{QUALITY}="{" ".join(words).translate(_IN_STRING)}"'


def bodies(lines: Iterable[str]) -> list[list[bytes]]:
    """The lines, encoded, in requests of at most LINES lines and BYTES bytes, in order."""
    made: list[list[bytes]] = []
    size = BYTES
    for encoded in (one.encode() for one in lines):
        size += len(encoded) + 1
        if size > BYTES or len(made[-1]) >= LINES:
            made.append([])
            size = len(encoded) + 1
        made[-1].append(encoded)
    return made


@lru_cache(maxsize=10_000)
def _words(said: str) -> tuple[str, str | None, str, str]:
    """Quality, unit, clock and kind of value from the field `quality`."""
    quality, *words = said.split(" ")
    unit, clock, kind = None, _USUAL_CLOCK, NUMBER
    for word in words:
        if word.startswith("unit="):
            unit = word.removeprefix("unit=")
        elif word.startswith("clock="):
            clock = word.removeprefix("clock=")
        else:
            kind = word
    return quality, unit, clock, kind


def point(name: Sequence[str], time_us: int, fields: dict[str, str]) -> Point | None:
    """The point that these fields hold, all as the text of a query's answer; `name` as in Series.

    None when something else than `line` wrote them.
    """
    quality, unit, clock, kind = _words(fields.get(QUALITY, ""))
    if not quality or (kind != _NONE and kind not in fields):
        return None
    gateway, device, of = name
    value = _value(kind, fields.get(kind, ""))
    return Point(gateway, device, of, time_us, value, unit, quality, clock)


def _value(kind: str, said: str) -> Value | None:
    if kind == NUMBER:
        return float(said)
    if kind == STATE:
        return said == "true"
    return _unescaped(said) if kind == TEXT else None


def _unescaped(said: str) -> str:
    parts = (part.replace(r"\n", "\n").replace(r"\r", "\r") for part in said.split(r"\\"))
    return "\\".join(parts)
