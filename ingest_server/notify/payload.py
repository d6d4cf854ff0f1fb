"""The body of a webhook: `{type, timestamp, data}` with an alarm's full state in `data`."""

from collections.abc import Mapping
from urllib.parse import quote

import msgspec

from ingest_server.db.snapshot import Snapshot
from ingest_server.notify.moment import rfc3339, rfc3339_or_none
from ingest_server.receiver import Place

HEARTBEAT = "heartbeat"
RECEIVER_TEST = "receiver.test"

Scalar = float | bool | str | None


class StateData(msgspec.Struct, frozen=True):
    """The independent state variables of an alarm (OPC UA Part 9)."""

    active: bool
    acknowledged: bool
    latched: bool
    shelved: bool
    suppressed: bool
    out_of_service: bool
    closed: bool


class PlaceData(msgspec.Struct, frozen=True):
    """`component_code` as GB/T 30428; longitude and latitude in degrees, WGS-84."""

    id: str
    division: str | None
    grid: str | None
    component_code: str | None
    address: str | None
    longitude: float | None
    latitude: float | None


class AlarmData(msgspec.Struct, frozen=True):
    """One revision of one alarm, whole. Times RFC 3339 in UTC; `value`, `limit` in `unit`."""

    alarm_id: str
    revision: int
    change: str
    alarm_class: str = msgspec.field(name="class")
    severity: str
    life_safety: bool
    state: StateData
    test: bool
    late: bool
    gateway: str
    device: str | None
    profile: str | None
    rule: str
    place: PlaceData | None
    point: str | None
    value: Scalar
    unit: str | None
    limit: Scalar
    quality: str | None
    since: str
    until: str | None
    learned: str
    age_seconds: float
    clock: str
    title: dict[str, str]
    guidance: dict[str, str]
    actor: str | None
    comment: str | None
    links: dict[str, str]


class HeartbeatData(msgspec.Struct, frozen=True):
    """`beat` counts from 1 since `started`: a gap shows what was lost on the way."""

    receiver: str
    beat: int
    started: str
    interval_seconds: float


class ReceiverTestData(msgspec.Struct, frozen=True):
    receiver: str
    text: dict[str, str]


class Body(msgspec.Struct, frozen=True):
    """`timestamp`: when what it tells of happened, not when it is sent."""

    type: str
    timestamp: str
    data: AlarmData | HeartbeatData | ReceiverTestData


def alarm_body(snapshot: Snapshot, places: Mapping[str, Place], alarms_url: str | None) -> bytes:
    """The JSON of a revision: the same bytes on every attempt, for it depends on nothing else.

    `alarms_url`: where the API shows alarms, without a slash at the end; None leaves links empty.
    A place that `places` does not know is null.
    """
    body = Body(snapshot.event, rfc3339(snapshot.learned), alarm_data(snapshot, places, alarms_url))
    return msgspec.json.encode(body)


def heartbeat_body(
    receiver: str,
    *,
    beat: int,
    started_us: int,
    interval_s: float,
    now_us: int,
) -> bytes:
    """So that the centre can alarm when ours stop coming."""
    data = HeartbeatData(receiver, beat, rfc3339(started_us), interval_s)
    return msgspec.json.encode(Body(HEARTBEAT, rfc3339(now_us), data))


def receiver_test_body(receiver: str, now_us: int) -> bytes:
    """Sent when a person asks whether a receiver can be reached; no alarm stands behind it."""
    text = {"en": "This is a test of the connection.", "zh": "这是一条连接测试消息。"}
    data = ReceiverTestData(receiver, text)
    return msgspec.json.encode(Body(RECEIVER_TEST, rfc3339(now_us), data))


def alarm_data(
    snapshot: Snapshot,
    places: Mapping[str, Place],
    alarms_url: str | None,
) -> AlarmData:
    """One revision in the words that webhooks and the API share."""
    return AlarmData(
        alarm_id=snapshot.alarm_id,
        revision=snapshot.revision,
        change=snapshot.change,
        alarm_class=snapshot.alarm_class,
        severity=snapshot.severity,
        life_safety=snapshot.life_safety,
        state=_state(snapshot),
        test=snapshot.test,
        late=snapshot.late,
        gateway=snapshot.gateway,
        device=snapshot.device,
        profile=snapshot.profile,
        rule=snapshot.rule,
        place=_place(places.get(snapshot.place) if snapshot.place is not None else None),
        point=snapshot.point,
        value=snapshot.value,
        unit=snapshot.unit,
        limit=snapshot.limit,
        quality=snapshot.quality,
        since=rfc3339(snapshot.since),
        until=rfc3339_or_none(snapshot.until),
        learned=rfc3339(snapshot.learned),
        age_seconds=snapshot.age_us / 1_000_000,
        clock=snapshot.clock,
        title=snapshot.title,
        guidance=snapshot.guidance,
        actor=snapshot.actor,
        comment=snapshot.comment,
        links=_links(snapshot.alarm_id, alarms_url),
    )


def _state(snapshot: Snapshot) -> StateData:
    return StateData(
        active=snapshot.active,
        acknowledged=snapshot.acknowledged,
        latched=snapshot.latched,
        shelved=snapshot.shelved,
        suppressed=snapshot.suppressed,
        out_of_service=snapshot.out_of_service,
        closed=snapshot.closed,
    )


def _place(place: Place | None) -> PlaceData | None:
    if place is None:
        return None
    return PlaceData(
        id=place.id,
        division=place.division,
        grid=place.grid,
        component_code=place.component_code,
        address=place.address,
        longitude=place.longitude,
        latitude=place.latitude,
    )


def _links(alarm_id: str, alarms_url: str | None) -> dict[str, str]:
    """Only what shows: a chat program that opens a link must not acknowledge an alarm."""
    return {} if alarms_url is None else {"alarm": f"{alarms_url}/{quote(alarm_id, safe='')}"}
