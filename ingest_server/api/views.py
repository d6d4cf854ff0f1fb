"""What the API says of an alarm and of a delivery: the words of the webhook, as models."""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from pydantic import BaseModel, ConfigDict, Field

from ingest_server.api.page import Moment, moment, moment_or_none
from ingest_server.db.delivery import Attempt, Delivery, DeliveryState
from ingest_server.db.snapshot import Snapshot
from ingest_server.notify.payload import alarm_data
from ingest_server.receiver import Place

Scalar = float | bool | str | None


class StateView(BaseModel):
    """Independent variables (ISA-18.2, OPC UA Part 9)."""

    active: bool
    acknowledged: bool
    latched: bool
    shelved: bool
    suppressed: bool
    out_of_service: bool
    closed: bool


class PlaceView(BaseModel):
    id: str
    division: str | None
    grid: str | None
    component_code: Annotated[str | None, Field(description="GB/T 30428")]
    address: str | None
    longitude: Annotated[float | None, Field(description="degrees, WGS-84")]
    latitude: Annotated[float | None, Field(description="degrees, WGS-84")]


class AlarmView(BaseModel):
    """One revision of one alarm, in the words of the webhook's `data`."""

    model_config = ConfigDict(populate_by_name=True)

    alarm_id: str
    revision: int
    change: str
    alarm_class: Annotated[str, Field(alias="class")]
    severity: str
    life_safety: bool
    state: StateView
    test: bool
    late: bool
    gateway: str
    device: str | None
    profile: str | None
    rule: str
    place: PlaceView | None
    point: str | None
    value: Scalar
    unit: str | None
    limit: Scalar
    quality: str | None
    since: Moment
    until: Moment | None
    learned: Moment
    age_seconds: float
    clock: str
    title: dict[str, str]
    guidance: dict[str, str]
    actor: str | None
    comment: str | None
    links: dict[str, str]


def alarm_view(snapshot: Snapshot, places: Mapping[str, Place], alarms_url: str) -> AlarmView:
    words: dict[str, Any] = msgspec.to_builtins(alarm_data(snapshot, places, alarms_url))
    return AlarmView.model_validate(words)


class DeliveryView(BaseModel):
    """One revision for one receiver. `id` is the webhook-id."""

    id: str
    receiver: str
    alarm_id: str
    revision: int
    life_safety: bool
    state: DeliveryState
    queued: Moment
    attempts: int
    failures: Annotated[int, Field(description="in a row, since it was queued or replayed")]
    failing_since: Moment | None
    next_attempt: Annotated[Moment | None, Field(description="null: at once, or never again")]
    settled: Moment | None
    superseded_by: str | None


def delivery_view(delivery: Delivery) -> DeliveryView:
    is_timed = delivery.state is DeliveryState.WAITING and delivery.next_us
    return DeliveryView(
        id=delivery.id,
        receiver=delivery.receiver,
        alarm_id=delivery.alarm_id,
        revision=delivery.revision,
        life_safety=delivery.life_safety,
        state=delivery.state,
        queued=moment(delivery.queued_us),
        attempts=delivery.attempts,
        failures=delivery.failures,
        failing_since=moment_or_none(delivery.failing_since_us),
        next_attempt=moment(delivery.next_us) if is_timed else None,
        settled=moment_or_none(delivery.settled_us),
        superseded_by=delivery.superseded_by,
    )


class AttemptView(BaseModel):
    number: int
    at: Moment
    outcome: str
    status: int | None
    latency_ms: int
    answer: Annotated[str, Field(description="the first bytes of the receiver's answer")]


def attempt_view(attempt: Attempt) -> AttemptView:
    return AttemptView(
        number=attempt.number,
        at=moment(attempt.at_us),
        outcome=attempt.outcome,
        status=attempt.status,
        latency_ms=attempt.latency_ms,
        answer=attempt.answer,
    )
