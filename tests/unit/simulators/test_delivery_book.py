"""What the receiver remembers and complains of."""

import msgspec
import pytest

from simulators.delivery_book import Complaint, Delivery, DeliveryBook
from simulators.webhook_check import Verdict

S = 1_000_000


def give(
    book: DeliveryBook,
    webhook_id: str,
    kind: str = "alarm.raised",
    *,
    alarm: str | None = "a1",
    revision: int | None = 1,
    verdict: Verdict = Verdict.VERIFIED,
    at_s: float = 0,
) -> Delivery:
    data = {"alarm_id": alarm, "revision": revision} if kind.startswith("alarm.") else {}
    body = {"type": kind, "timestamp": "2026-11-21T08:00:00Z", "data": data}
    return book.take(
        {"Webhook-Id": webhook_id, "Webhook-Signature": "v1,x", "Cookie": "c"},
        msgspec.json.encode(body),
        verdict,
        answer="200",
        utc_us=0,
        mono_us=round(at_s * S),
    )


def complaints(book: DeliveryBook) -> list[Complaint]:
    return [violation.complaint for violation in book.violations]


def test_in_order_nothing_to_complain_of() -> None:
    book = DeliveryBook()
    for revision in (1, 2, 4):
        give(book, f"m{revision}", revision=revision)
    give(book, "b1", alarm="a2", revision=1)
    assert complaints(book) == []
    assert [one.number for one in book.deliveries] == [1, 2, 3, 4]


def test_a_lower_revision_after_a_higher_one() -> None:
    book = DeliveryBook()
    give(book, "m2", revision=2)
    late = give(book, "m1", revision=1)
    assert complaints(book) == [Complaint.OUT_OF_ORDER]
    assert book.violations_of(late)[0].text == "alarm a1 revision 1 after 2"


def test_duplicates_are_counted_not_complained_of() -> None:
    book = DeliveryBook()
    give(book, "m1", revision=1)
    give(book, "m2", revision=2)
    assert give(book, "m1", revision=1).duplicate
    assert book.duplicates == 1
    assert complaints(book) == []


def test_one_revision_under_two_ids_and_one_id_for_two_things() -> None:
    book = DeliveryBook()
    give(book, "m1", revision=1)
    give(book, "m9", revision=1)
    give(book, "m1", revision=2)
    assert complaints(book) == [Complaint.REVISION_UNDER_TWO_IDS, Complaint.ID_FOR_TWO_THINGS]


def test_what_is_not_verified_counts_for_nothing_else() -> None:
    book = DeliveryBook()
    give(book, "m9", revision=9, verdict=Verdict.SIGNATURE_WRONG)
    give(book, "m1", revision=1)
    assert complaints(book) == [Complaint.NOT_VERIFIED]


@pytest.mark.parametrize(
    ("raw", "complaint"),
    [
        (b"not json", Complaint.BODY_UNREADABLE),
        (b"[1]", Complaint.BODY_UNREADABLE),
        (b'{"type":"alarm.exploded"}', Complaint.TYPE_UNKNOWN),
        (b'{"type":"alarm.raised","data":{"alarm_id":"a"}}', Complaint.ALARM_UNNAMED),
        (b'{"type":"alarm.raised","data":7}', Complaint.ALARM_UNNAMED),
    ],
)
def test_bodies_that_make_no_sense(raw: bytes, complaint: Complaint) -> None:
    book = DeliveryBook()
    book.take({"webhook-id": "m"}, raw, Verdict.VERIFIED, answer="200", utc_us=0, mono_us=0)
    assert complaints(book) == [complaint]


def test_heartbeats_too_far_apart() -> None:
    book = DeliveryBook(heartbeat_limit_s=45)
    for number, at_s in enumerate((0, 30, 75, 121)):
        give(book, f"h{number}", "heartbeat", at_s=at_s)
    assert book.heartbeats == 4
    assert [violation.text for violation in book.violations] == ["no heartbeat for 46 s"]


def test_silence_is_told_once_while_it_lasts() -> None:
    book = DeliveryBook(heartbeat_limit_s=45)
    assert book.notice_silence(1000 * S) is None, "nothing is expected before the first"
    give(book, "h1", "heartbeat", at_s=1000)
    assert book.notice_silence(1045 * S) is None
    assert book.notice_silence(1046 * S) is not None
    assert book.notice_silence(1047 * S) is None
    give(book, "h2", "heartbeat", at_s=1050)
    assert complaints(book) == [Complaint.HEARTBEAT_LATE]
    assert book.notice_silence(1096 * S) is not None


def test_the_record_holds_no_signature_and_no_cookie() -> None:
    delivery = give(DeliveryBook(), "m1")
    assert delivery.headers == {"webhook-id": "m1"}
    assert b"v1,x" not in msgspec.json.encode(delivery)
    assert delivery.data["alarm_id"] == "a1"
