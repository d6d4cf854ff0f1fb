"""Admission: what is typed and bounded passes, all else has a named reason."""

from ingest_server.intake.admit import Admitted, Arrival, admit
from wire.batch import Batch, encode_batch
from wire.codec import pack
from wire.command import Outcome, Result, encode_command
from wire.envelope import Cover, Encoding, Envelope, Key, to_properties
from wire.identity import Presence, Status, encode_identity
from wire.reading import Reading
from wire.refusal import Refusal
from wire.statement import EpochStatement, Statement
from wire.topic import Up, up

NOW = 1_763_700_000_000_000
EPOCH = "a" * 16


def arrive(
    payload: bytes,
    envelope: Envelope,
    kind: Up = Up.URGENT,
    content_type: str | None = None,
) -> Admitted:
    return admit(Arrival(up("gw", kind), payload, to_properties(envelope), content_type, NOW))


def readings(count: int) -> bytes:
    return encode_batch(Batch("gw", tuple(Reading("d", "p", NOW + i, True) for i in range(count))))


def reason(admitted: Admitted) -> Refusal | None:
    return None if admitted.refused is None else admitted.refused.reason


def test_a_keyed_batch_passes() -> None:
    payload, encoding = pack(readings(3))
    admitted = arrive(payload, Envelope(encoding=encoding, key=Key(EPOCH, 1, 3)))
    assert admitted.refused is None
    assert admitted.batch is not None
    assert len(admitted.batch.readings) == 3


def test_a_stranger_without_our_properties_passes() -> None:
    admitted = admit(Arrival(up("gw", Up.BULK), readings(2), (), None, NOW))
    assert admitted.refused is None


def test_a_heartbeat_passes() -> None:
    statement = Statement(1, (EpochStatement(EPOCH, 1, 0, False, 0, 0),))
    admitted = arrive(b"[]", Envelope(statement=statement))
    assert admitted.refused is None
    assert admitted.batch == Batch("gw", ())


def test_birth_status_and_result_are_read_as_such() -> None:
    status = encode_identity(Status(Presence.OFFLINE, "boot", 3))
    assert arrive(status, Envelope(), Up.STATUS).status == Status(Presence.OFFLINE, "boot", 3)
    assert reason(arrive(b"{}", Envelope(), Up.BIRTH)) is Refusal.WRONG_SHAPE
    answer = Result("c-1", Outcome.DONE)
    assert arrive(encode_command(answer), Envelope(), Up.RESULT).result == answer
    assert reason(arrive(b"anything", Envelope(), Up.RESULT)) is Refusal.NOT_JSON


def test_a_refused_payload_keeps_its_key_so_that_it_can_be_counted() -> None:
    admitted = arrive(b"nonsense", Envelope(key=Key(EPOCH, 1, 3)))
    assert reason(admitted) is Refusal.NOT_JSON
    assert admitted.envelope.key == Key(EPOCH, 1, 3)


def test_the_key_and_the_payload_agree_on_the_count() -> None:
    assert reason(arrive(readings(2), Envelope(key=Key(EPOCH, 1, 3)))) is Refusal.KEY_COUNT
    thinned = Key(EPOCH, 2, 20, (Cover(1, 10, 1), Cover(2, 10, 2)))
    assert reason(arrive(readings(3), Envelope(key=thinned))) is None


def test_readings_that_are_stated_have_a_key() -> None:
    statement = Statement(1, (EpochStatement(EPOCH, 1, 1, False, 1, 0),))
    admitted = arrive(readings(1), Envelope(statement=statement))
    assert reason(admitted) is Refusal.KEY_MISSING


def test_what_is_too_large_or_of_another_kind_is_refused() -> None:
    assert reason(arrive(b" " * 70_000, Envelope())) is Refusal.TOO_LARGE
    refused = arrive(readings(1), Envelope(), content_type="text/html")
    assert reason(refused) is Refusal.CONTENT_TYPE
    assert reason(arrive(b"x", Envelope(encoding=Encoding.ZLIB))) is Refusal.NOT_ZLIB


def test_a_topic_that_is_not_ours_is_refused_without_a_gateway() -> None:
    admitted = admit(Arrival("other/topic", b"[]", (), None, NOW))
    assert (admitted.topic, reason(admitted)) == (None, Refusal.TOPIC_GRAMMAR)


def test_a_key_outside_of_a_lane_is_refused() -> None:
    status = encode_identity(Status(Presence.ONLINE, "boot", 3))
    admitted = arrive(status, Envelope(key=Key(EPOCH, 1, 1)), Up.STATUS)
    assert reason(admitted) is Refusal.KEY_LANE


def test_a_cleared_retained_message_says_nothing() -> None:
    for kind in (Up.BIRTH, Up.STATUS):
        admitted = arrive(b"", Envelope(), kind)
        assert (admitted.refused, admitted.birth, admitted.status) == (None, None, None)


def test_a_key_beside_a_malformed_property_is_still_counted() -> None:
    properties = [*to_properties(Envelope(key=Key(EPOCH, 1, 3))), ("statement", "{")]
    admitted = admit(Arrival(up("gw", Up.BULK), readings(3), properties, None, NOW))
    assert reason(admitted) is Refusal.PROPERTY_MALFORMED
    assert admitted.envelope.key == Key(EPOCH, 1, 3)


def test_malformed_properties_are_refused() -> None:
    properties = [("key", "{")]
    admitted = admit(Arrival(up("gw", Up.BULK), b"[]", properties, None, NOW))
    assert reason(admitted) is Refusal.PROPERTY_MALFORMED
