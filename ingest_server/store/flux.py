"""Questions to InfluxDB in Flux, and what its answers in CSV say.

Every name is written in escapes only, so that none can end the string that it stands in.
Source: InfluxData, "Flux language specification", "Annotated CSV".
"""

import csv
import io
import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from ingest_server.store import line
from ingest_server.store.point import Point
from ingest_server.store.port import Bucket, Series, Stretch

_PLAIN = re.compile(r"[A-Za-z0-9_.:-]")
_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
_MICROSECOND = timedelta(microseconds=1)
_MIN, _MAX, _MEAN, _COUNT = "min", "max", "mean", "count"
_FARTHEST_US = 9_223_372_036_854_775  # InfluxDB counts nanoseconds in 64 bits


def reading_query(
    bucket: str, series: Series, stretch: Stretch, limit: int, *, newest: bool = False
) -> str:
    """Each field comes as a table of its own, cut to the first (or newest) `limit` times it has.

    Every point has a quality, and so the first (or newest) of all are among what comes.
    """
    order = '\n  |> sort(columns: ["_time"], desc: true)' if newest else ""
    return (
        f"{_source(bucket, series, stretch)}{order}\n"
        f"  |> limit(n: {limit})\n"
        '  |> keep(columns: ["_time", "_field", "_value"])'
    )


def bucket_query(bucket: str, series: Series, stretch: Stretch, width_us: int, limit: int) -> str:
    """One table for each of min, max, mean and count: InfluxDB works each out where it reads."""
    parts = [
        f"  |> aggregateWindow(every: {width_us}us, fn: {name}, createEmpty: false,"
        f' timeSrc: "_start")\n  |> limit(n: {limit})\n'
        f'  |> keep(columns: ["_time", "_value"])\n  |> yield(name: "{name}")'
        for name in (_MIN, _MAX, _MEAN, _COUNT)
    ]
    source = f'{_source(bucket, series, stretch)}\n  |> filter(fn: (r) => r._field == "number")'
    return "\n".join([f"numbers = {source}", *(f"numbers\n{part}" for part in parts)])


def predicate(series: Series) -> str:
    """Which points to delete, as InfluxDB wants it told (InfluxData, "Delete predicate syntax")."""
    names = {"gateway": series.gateway, "device": series.device, "point": series.point}
    told = " AND ".join(f'{tag}="{_quoted(name)}"' for tag, name in names.items())
    return f'_measurement="{line.MEASUREMENT}" AND {told}'


def _quoted(name: str) -> str:
    return name.replace("\\", "\\\\").replace('"', '\\"')


def any_query(bucket: str) -> str:
    """Whether one may read the bucket at all."""
    return f"from(bucket: {_text(bucket)}) |> range(start: -1s) |> limit(n: 1)"


def _source(bucket: str, series: Series, stretch: Stretch) -> str:
    return (
        f"from(bucket: {_text(bucket)})\n"
        f"  |> range(start: {_time(stretch.start_us)}, stop: {_time(stretch.end_us)})\n"
        f'  |> filter(fn: (r) => r._measurement == "{line.MEASUREMENT}"'
        f" and r.device == {_text(series.device)} and r.gateway == {_text(series.gateway)}"
        f" and r.point == {_text(series.point)})"
    )


def _text(name: str) -> str:
    """All but plain letters and digits as the bytes of their UTF-8."""
    written = (
        one if _PLAIN.fullmatch(one) else "".join(f"\\x{byte:02x}" for byte in one.encode())
        for one in name
    )
    return f'"{"".join(written)}"'


def _time(time_us: int) -> str:
    return f"time(v: {max(-_FARTHEST_US, min(time_us, _FARTHEST_US)) * 1_000})"


def points(series: Series, answer: str, limit: int, *, newest: bool = False) -> list[Point]:
    """The first (or newest) `limit` points of a `reading_query`'s answer, the oldest first."""
    found: dict[int, dict[str, str]] = {}
    for row in _rows(answer):
        found.setdefault(_microseconds(row["_time"]), {})[row["_field"]] = row["_value"]
    name = (series.gateway, series.device, series.point)
    made = (line.point(name, time_us, found[time_us]) for time_us in sorted(found))
    found_points = [one for one in made if one is not None]
    return found_points[-limit:] if newest else found_points[:limit]


def buckets(answer: str, width_us: int) -> list[Bucket]:
    """What a `bucket_query` answered, the oldest first.

    InfluxDB cuts the first window at the stretch; it is told by the multiple where it would begin.
    """
    found: dict[int, dict[str, str]] = {}
    for row in _rows(answer):
        found.setdefault(_microseconds(row["_time"]), {})[row["result"]] = row["_value"]
    return [
        Bucket(
            start_us - start_us % width_us,
            float(values[_MIN]),
            float(values[_MAX]),
            float(values[_MEAN]),
            int(values[_COUNT]),
        )
        for start_us, values in sorted(found.items())
    ]


def _rows(answer: str) -> Iterator[dict[str, str]]:
    """Tables of another kind follow after an empty line and a head of their own."""
    head: list[str] = []
    for row in csv.reader(io.StringIO(answer, newline="")):
        if not row:
            head = []
        elif not head:
            head = row
        else:
            yield dict(zip(head, row, strict=True))


def _microseconds(said: str) -> int:
    return (datetime.fromisoformat(said) - _EPOCH) // _MICROSECOND
