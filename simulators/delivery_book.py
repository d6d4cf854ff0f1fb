"""What a receiver remembers of the deliveries, and what it complains of."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

import msgspec

from simulators.webhook_check import ID, Verdict

HEARTBEAT: Final = "heartbeat"
ALARM_TYPES: Final = frozenset({"alarm.raised", "alarm.changed", "alarm.cleared", "alarm.closed"})
KNOWN_TYPES: Final = ALARM_TYPES | {HEARTBEAT, "receiver.test"}
HEADERS_KEPT: Final = frozenset(
    {"webhook-id", "webhook-timestamp", "content-type", "content-length", "user-agent", "host"}
)


class Complaint(StrEnum):
    """What a sender must not do."""

    NOT_VERIFIED = "not_verified"
    BODY_UNREADABLE = "body_unreadable"
    TYPE_UNKNOWN = "type_unknown"
    ALARM_UNNAMED = "alarm_unnamed"
    OUT_OF_ORDER = "out_of_order"
    REVISION_UNDER_TWO_IDS = "revision_under_two_ids"
    ID_FOR_TWO_THINGS = "id_for_two_things"
    HEARTBEAT_LATE = "heartbeat_late"


class Violation(msgspec.Struct, frozen=True):
    """One complaint, about which delivery (its number; 0 = about silence), in words."""

    complaint: Complaint
    delivery: int
    text: str


class Delivery(msgspec.Struct, frozen=True):
    """One request as it came; `body` is the decoded object, `raw` holds what is no JSON object."""

    number: int
    received_utc_us: int
    received_mono_us: int
    verdict: Verdict
    webhook_id: str
    type: str
    alarm_id: str
    revision: int | None
    duplicate: bool
    answer: str
    headers: dict[str, str]
    body: dict[str, Any]
    raw: str = ""

    @property
    def data(self) -> dict[str, Any]:
        """The alarm's state as sent; empty if there is none."""
        found = self.body.get("data")
        return found if isinstance(found, dict) else {}

    @property
    def verified(self) -> bool:
        return self.verdict is Verdict.VERIFIED

    @property
    def is_alarm(self) -> bool:
        return self.type in ALARM_TYPES


def kept_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers that may be recorded: nothing that lets a reader speak for the sender."""
    return {name.lower(): text for name, text in headers.items() if name.lower() in HEADERS_KEPT}


def read_body(raw: bytes) -> dict[str, Any] | None:
    """Decode a JSON object; None if it is none."""
    try:
        body = msgspec.json.decode(raw)
    except msgspec.DecodeError:
        return None
    return body if isinstance(body, dict) else None


class DeliveryBook:
    """Judges deliveries in order of arrival. Only what is verified counts for order and copies.

    A webhook-id seen before is a duplicate: counted, never complained of. Two heartbeats may lie
    `heartbeat_limit_s` apart; silence counts from the first heartbeat on.
    """

    def __init__(self, heartbeat_limit_s: float = 45.0) -> None:
        """Start with an empty memory."""
        self.deliveries: list[Delivery] = []
        self.violations: list[Violation] = []
        self.duplicates = 0
        self.heartbeats = 0
        self._limit_us = round(heartbeat_limit_s * 1_000_000)
        self._last_heartbeat_us: int | None = None
        self._silence_told = False
        self._subject_of_id: dict[str, tuple[str, str, int | None]] = {}
        self._highest: dict[str, int] = {}
        self._id_of_revision: dict[tuple[str, int], str] = {}

    def take(
        self,
        headers: Mapping[str, str],
        raw: bytes,
        verdict: Verdict,
        *,
        answer: str,
        utc_us: int,
        mono_us: int,
    ) -> Delivery:
        """Record one request with the answer it will get, judge it, and return the record."""
        body = read_body(raw)
        delivery = _record(
            number=len(self.deliveries) + 1,
            body=body,
            raw=raw,
            headers=kept_headers(headers),
            verdict=verdict,
            answer=answer,
        )
        duplicate = delivery.verified and delivery.webhook_id in self._subject_of_id
        delivery = msgspec.structs.replace(
            delivery, duplicate=duplicate, received_utc_us=utc_us, received_mono_us=mono_us
        )
        self.deliveries.append(delivery)
        self._judge(delivery, readable=body is not None)
        return delivery

    def notice_silence(self, mono_us: int) -> Violation | None:
        """Complain, once per silence, when no heartbeat has come for longer than the limit."""
        last = self._last_heartbeat_us
        if last is None or self._silence_told or mono_us - last <= self._limit_us:
            return None
        self._silence_told = True
        seconds = (mono_us - last) / 1_000_000
        return self._complain(Complaint.HEARTBEAT_LATE, 0, f"no heartbeat for {seconds:.0f} s")

    def violations_of(self, delivery: Delivery) -> list[Violation]:
        return [one for one in self.violations if one.delivery == delivery.number]

    def _judge(self, delivery: Delivery, *, readable: bool) -> None:
        number = delivery.number
        if not delivery.verified:
            self._complain(Complaint.NOT_VERIFIED, number, f"not verified: {delivery.verdict}")
        elif not readable:
            self._complain(Complaint.BODY_UNREADABLE, number, "the body is no JSON object")
        elif delivery.duplicate:
            self._judge_duplicate(delivery)
        else:
            self._judge_new(delivery)

    def _judge_duplicate(self, delivery: Delivery) -> None:
        self.duplicates += 1
        if self._subject_of_id[delivery.webhook_id] != _subject(delivery):
            text = f"{ID} {delivery.webhook_id} stood for something else before"
            self._complain(Complaint.ID_FOR_TWO_THINGS, delivery.number, text)

    def _judge_new(self, delivery: Delivery) -> None:
        self._subject_of_id[delivery.webhook_id] = _subject(delivery)
        if delivery.type == HEARTBEAT:
            self._judge_heartbeat(delivery)
        elif delivery.is_alarm:
            self._judge_alarm(delivery)
        elif delivery.type not in KNOWN_TYPES:
            text = f"unknown type {delivery.type!r}"
            self._complain(Complaint.TYPE_UNKNOWN, delivery.number, text)

    def _judge_heartbeat(self, delivery: Delivery) -> None:
        self.heartbeats += 1
        self.notice_silence(delivery.received_mono_us)
        self._last_heartbeat_us = delivery.received_mono_us
        self._silence_told = False

    def _judge_alarm(self, delivery: Delivery) -> None:
        number, alarm, revision = delivery.number, delivery.alarm_id, delivery.revision
        if not alarm or revision is None:
            text = "data.alarm_id or data.revision is missing"
            self._complain(Complaint.ALARM_UNNAMED, number, text)
            return
        first_id = self._id_of_revision.setdefault((alarm, revision), delivery.webhook_id)
        highest = self._highest.get(alarm, revision)
        if first_id != delivery.webhook_id:
            text = f"alarm {alarm} revision {revision} came before as {first_id}"
            self._complain(Complaint.REVISION_UNDER_TWO_IDS, number, text)
        elif revision < highest:
            text = f"alarm {alarm} revision {revision} after {highest}"
            self._complain(Complaint.OUT_OF_ORDER, number, text)
        self._highest[alarm] = max(highest, revision)

    def _complain(self, complaint: Complaint, number: int, text: str) -> Violation:
        violation = Violation(complaint, number, text)
        self.violations.append(violation)
        return violation


def _subject(delivery: Delivery) -> tuple[str, str, int | None]:
    return delivery.type, delivery.alarm_id, delivery.revision


def _record(
    *,
    number: int,
    body: dict[str, Any] | None,
    raw: bytes,
    headers: dict[str, str],
    verdict: Verdict,
    answer: str,
) -> Delivery:
    found = body or {}
    data = found.get("data")
    alarm = data if isinstance(data, dict) else {}
    revision = alarm.get("revision")
    return Delivery(
        number=number,
        received_utc_us=0,
        received_mono_us=0,
        verdict=verdict,
        webhook_id=headers.get(ID, ""),
        type=str(found.get("type", "")),
        alarm_id=str(alarm.get("alarm_id", "")),
        revision=revision if isinstance(revision, int) else None,
        duplicate=False,
        answer=answer,
        headers=headers,
        body=found,
        raw="" if body is not None else raw.decode("utf-8", "replace"),
    )
