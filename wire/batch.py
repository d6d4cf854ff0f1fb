"""A batch of readings and its SenML (RFC 8428) JSON payload, both ways."""

import math
from collections.abc import Collection, Iterator

import msgspec

from wire.bounds import EARLIEST_US, INFLATED_BYTES, LATEST_US, RECORDS, RELATIVE_SECONDS, TEXT
from wire.quality import GOOD, parse_quality
from wire.quantity import check_unit
from wire.reading import ID, POINT, Reading, Value, check_pair, check_reading
from wire.refusal import Refusal, WireError
from wire.strict_json import read

US = 1_000_000
SENML_VERSION = 10


class Batch(msgspec.Struct, frozen=True):
    """Readings of one gateway. `relative`: their times count from the batch's base, not UTC."""

    gateway: str
    readings: tuple[Reading, ...]
    relative: bool = False


_AT_BASE = 0.0  # left out of the JSON when it is this very object, not when it is equal


class Record(msgspec.Struct, omit_defaults=True, forbid_unknown_fields=False, gc=False):
    """One SenML record as it stands in the JSON array (RFC 8428 section 4)."""

    bn: str | None = None
    bt: float | None = None
    bu: str | None = None
    bv: float | None = None
    bs: float | None = None
    bver: int | None = None
    n: str = ""
    u: str | None = None
    v: float | None = None
    vb: bool | None = None
    vs: str | None = None
    vd: str | None = None
    s: float | None = None
    t: float = _AT_BASE


_decoder = msgspec.json.Decoder(list[Record])
_field_names = msgspec.json.Decoder(list[dict[str, msgspec.Raw]])
_encoder = msgspec.json.Encoder()


def encode_batch(batch: Batch, *, tight: bool = False) -> bytes:
    """Write the payload; empty readings give `[]`, the heartbeat.

    `tight`: each run of readings of one instant gets a base time of its own instead of a time each,
    which packs into a fifth less. Relative times are not moved.

    Raise the WireError that `decode_batch` would give for a reading or its time. How much goes into
    one batch is decided by the caller (`bounds`: RECORDS, INFLATED_BYTES, SENT_BYTES), who can
    split it: a reading that is plain good or bad is one record, any other two.
    """
    _check_batch(batch)
    return _encoder.encode(_tight_records(batch) if tight else _records_of(batch))


def encode_checked(batch: Batch) -> bytes:
    """As `encode_batch` tight, of readings of which each was checked when it was made.

    By `check_reading`; and no two of them are of one point at one instant.
    """
    _check_times(batch)
    return _encoder.encode(_tight_records(batch))


def _records_of(batch: Batch) -> list[Record]:
    base = 0 if batch.relative or not batch.readings else batch.readings[0].time_us // US
    records: list[Record] = []
    device = None
    for reading in batch.readings:
        first = len(records)
        _add_records(records, reading, (reading.time_us - base * US) / US)
        if reading.device != device:
            device = reading.device
            records[first].bn = f"{batch.gateway}:{device}:"
    if records and base:
        records[0].bt = base
    return records


def _tight_records(batch: Batch) -> list[Record]:
    if batch.relative:
        return _records_of(batch)
    records: list[Record] = []
    device, at_us = "", 0
    for reading in batch.readings:
        first = len(records)
        _add_records(records, reading, _AT_BASE)
        if reading.device != device:
            device = reading.device
            records[first].bn = f"{batch.gateway}:{device}:"
        if reading.time_us != at_us:
            at_us = reading.time_us
            records[first].bt = at_us / US
    return records


def _add_records(records: list[Record], reading: Reading, t: float) -> None:
    value, quality = reading.value, reading.quality
    if isinstance(value, bool):
        records.append(Record(n=reading.point, vb=value, t=t))
    elif isinstance(value, str):
        records.append(Record(n=reading.point, vs=value, t=t))
    elif value is not None:
        records.append(Record(n=reading.point, v=value, u=reading.unit, t=t))
    if quality is not GOOD and quality != GOOD:
        records.append(Record(n=f"{reading.point}:q", vs=str(quality), t=t))


def _check_batch(batch: Batch) -> None:
    places: set[tuple[str, str, int]] = set()
    for reading in batch.readings:
        check_reading(reading)
        place = (reading.device, reading.point, reading.time_us)
        if place in places:
            raise WireError(Refusal.DOUBLED_RECORD, f"{place[0]}:{place[1]} twice at {place[2]} us")
        places.add(place)
    _check_times(batch)


def _check_times(batch: Batch) -> None:
    times = {reading.time_us for reading in batch.readings}
    if times and _time_kind(times) is not batch.relative:
        raise WireError(Refusal.TIME_MIXED, "relative and absolute times are told apart by size")


def decode_batch(payload: bytes, gateway: str) -> Batch:
    """Read a payload that claims to be of `gateway`; raise WireError with the named reason.

    The readings stand in the order in which each is first named in the payload.
    """
    resolved = list(_resolve(_parse(payload), gateway))
    relative = _time_kind([at_us for _, _, _, at_us, _ in resolved])
    readings: dict[tuple[str, str, int], Reading] = {}
    seen: set[tuple[str, str, int, bool]] = set()
    for device, point, is_quality, at_us, record in resolved:
        place = (device, point, at_us)
        if (*place, is_quality) in seen:
            raise WireError(Refusal.DOUBLED_RECORD, f"{device}:{point} twice at {at_us} us")
        seen.add((*place, is_quality))
        found = readings.get(place)
        readings[place] = (
            _with_quality(place, record, found) if is_quality else _with_value(place, record, found)
        )
    for reading in readings.values():
        check_pair(reading)
    return Batch(gateway, tuple(readings.values()), relative)


def _parse(payload: bytes) -> list[Record]:
    records = read(_decoder, payload, INFLATED_BYTES)
    if len(records) > RECORDS:
        raise WireError(Refusal.TOO_MANY_RECORDS, f"{len(records)} records, at most {RECORDS}")
    if b'_"' in payload or b"\\u" in payload:  # an underscore may be written as an escape
        _refuse_must_understand(payload)
    return records


def _refuse_must_understand(payload: bytes) -> None:
    """RFC 8428 section 4.4: a field whose name ends in `_` must be understood or refused."""
    for record in read(_field_names, payload, INFLATED_BYTES):
        for field in record:
            if field.endswith("_"):
                raise WireError(Refusal.MUST_UNDERSTAND, f"field {field[:40]!r} is not known here")


Resolved = tuple[str, str, bool, int, Record]


def _resolve(records: list[Record], gateway: str) -> Iterator[Resolved]:
    """Apply base fields in order (RFC 8428 section 4.1) and check names, units and times."""
    base = Record()
    for record in records:
        base.bn = base.bn if record.bn is None else record.bn
        base.bt = base.bt if record.bt is None else record.bt
        base.bu = base.bu if record.bu is None else record.bu
        base.bv = base.bv if record.bv is None else record.bv
        if record.bver is not None and not 1 <= record.bver <= SENML_VERSION:
            raise WireError(Refusal.SENML_VERSION, f"bver {record.bver}, at most {SENML_VERSION}")
        if record.bs is not None or record.s is not None or record.vd is not None:
            raise WireError(Refusal.VALUE_KIND, "sums (bs, s) and data (vd) are not taken")
        device, point, is_quality = _name((base.bn or "") + record.n, gateway)
        at_us = _microseconds(base.bt or 0.0) + _microseconds(record.t)
        record.u = base.bu if record.u is None else record.u
        if record.v is not None and base.bv is not None:
            record.v += base.bv
        yield device, point, is_quality, at_us, record


def _name(name: str, gateway: str) -> tuple[str, str, bool]:
    parts = name.split(":")
    is_quality = len(parts) == 4 and parts[3] == "q"  # noqa: PLR2004 - gateway:device:point:q
    if not (len(parts) == 3 or is_quality):  # noqa: PLR2004 - gateway:device:point
        raise WireError(Refusal.NAME_GRAMMAR, f"{name[:200]!r} is not gateway:device:point")
    if parts[0] != gateway:
        raise WireError(Refusal.GATEWAY_MISMATCH, f"{name[:200]!r} in a message of {gateway}")
    if not ID.fullmatch(parts[1]) or not POINT.fullmatch(parts[2]):
        raise WireError(Refusal.NAME_GRAMMAR, f"{name[:200]!r}: bad device id or point")
    return parts[1], parts[2], is_quality


def _microseconds(seconds: float) -> int:
    if not math.isfinite(seconds) or abs(seconds) >= LATEST_US / US:
        raise WireError(Refusal.TIME_RANGE, f"time {seconds} is out of range")
    return round(seconds * US)


def _time_kind(times: Collection[int]) -> bool:
    """All relative, or all absolute and between 2020 and 2100."""
    relative = [abs(at_us) < RELATIVE_SECONDS * US for at_us in times]
    if any(relative) and not all(relative):
        raise WireError(Refusal.TIME_MIXED, "some times are relative, some are absolute")
    if not any(relative):
        for at_us in times:
            if not EARLIEST_US <= at_us < LATEST_US:
                raise WireError(Refusal.TIME_RANGE, f"time {at_us / US} is not in 2020..2100")
    return any(relative)


def _value(record: Record) -> Value:
    values = [v for v in (record.v, record.vb, record.vs) if v is not None]
    if not values:
        raise WireError(Refusal.NO_VALUE, f"record {record.n[:100]!r} has no value")
    if len(values) > 1:
        raise WireError(Refusal.TWO_VALUES, f"record {record.n[:100]!r} has {len(values)} values")
    value = values[0]
    if isinstance(value, float) and not math.isfinite(value):
        raise WireError(Refusal.NOT_FINITE, f"record {record.n[:100]!r} is not a finite number")
    if isinstance(value, str) and len(value) > TEXT:
        raise WireError(Refusal.TEXT_TOO_LONG, f"text of {len(value)} characters, at most {TEXT}")
    return value


def _with_value(place: tuple[str, str, int], record: Record, found: Reading | None) -> Reading:
    device, point, at_us = place
    value = _value(record)
    is_number = isinstance(value, float)
    unit = check_unit(record.u) if is_number and record.u is not None else None
    return Reading(device, point, at_us, value, unit, GOOD if found is None else found.quality)


def _with_quality(place: tuple[str, str, int], record: Record, found: Reading | None) -> Reading:
    device, point, at_us = place
    text = _value(record)
    if not isinstance(text, str):
        raise WireError(Refusal.QUALITY_GRAMMAR, f"{device}:{point}:q is not a text")
    quality = parse_quality(text)
    if found is None:
        return Reading(device, point, at_us, None, None, quality)
    return Reading(device, point, at_us, found.value, found.unit, quality)
