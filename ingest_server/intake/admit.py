"""One MQTT message: typed and bounded, or refused with a named reason."""

from collections.abc import Sequence
from dataclasses import dataclass

from wire.batch import Batch, decode_batch
from wire.bounds import SENT_BYTES
from wire.codec import unpack
from wire.command import Result, decode_command
from wire.envelope import COMPRESSED, JSON, SENML_JSON, Envelope, Key, key_said, parse_properties
from wire.identity import Birth, Status, decode_birth, decode_status
from wire.refusal import Refusal, WireError
from wire.topic import Up, UpTopic, parse_up

_CONTENT_TYPES = (None, "", SENML_JSON, COMPRESSED, JSON, "application/octet-stream")


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message as it came, and when (UTC us of the server)."""

    topic: str
    payload: bytes
    properties: Sequence[tuple[str, str]]
    content_type: str | None
    arrival_us: int


@dataclass(frozen=True, slots=True)
class Admitted:
    """What a message says.

    `refused` names why its content can not be taken; what could be read of the topic and the
    envelope stands all the same, so that a refused key can be counted.
    """

    arrival: Arrival
    topic: UpTopic | None
    envelope: Envelope
    batch: Batch | None = None
    birth: Birth | None = None
    status: Status | None = None
    result: Result | None = None
    refused: WireError | None = None


def admit(arrival: Arrival) -> Admitted:
    """Never raises for what came from the network."""
    topic: UpTopic | None = None
    envelope = _salvage_key(arrival)
    try:
        topic = parse_up(arrival.topic)
        envelope = parse_properties(arrival.properties)
        return _content(arrival, topic, envelope)
    except WireError as error:
        return Admitted(arrival, topic, envelope, refused=error)


def _salvage_key(arrival: Arrival) -> Envelope:
    """The key alone: what is refused for another property is still counted and answered."""
    return Envelope(key=key_said(arrival.properties))


def _content(arrival: Arrival, topic: UpTopic, envelope: Envelope) -> Admitted:
    if topic.kind is Up.URGENT or topic.kind is Up.BULK:
        _check_size_and_type(arrival)
        return Admitted(arrival, topic, envelope, batch=_batch(arrival.payload, topic, envelope))
    if envelope.key is not None:
        raise WireError(Refusal.KEY_LANE, f"a key on {topic.kind}, which is no lane")
    if arrival.payload and topic.kind is Up.BIRTH:
        birth = decode_birth(arrival.payload, topic.gateway)
        return Admitted(arrival, topic, envelope, birth=birth)
    if arrival.payload and topic.kind is Up.STATUS:
        return Admitted(arrival, topic, envelope, status=decode_status(arrival.payload))
    if arrival.payload and topic.kind is Up.RESULT:
        return Admitted(arrival, topic, envelope, result=decode_command(arrival.payload, Result))
    return Admitted(arrival, topic, envelope)  # a retained message was cleared


def _check_size_and_type(arrival: Arrival) -> None:
    content_type = arrival.content_type
    if len(arrival.payload) > SENT_BYTES:
        raise WireError(Refusal.TOO_LARGE, f"{len(arrival.payload)} bytes sent")
    if content_type not in _CONTENT_TYPES:
        raise WireError(Refusal.CONTENT_TYPE, f"content type {content_type!r}")


def _batch(payload: bytes, topic: UpTopic, envelope: Envelope) -> Batch:
    batch = decode_batch(unpack(payload, envelope.encoding), topic.gateway)
    if envelope.key is None and envelope.statement is not None and batch.readings:
        raise WireError(Refusal.KEY_MISSING, "readings with a statement but without a key")
    if envelope.key is not None:
        _check_count(envelope.key, len(batch.readings))
    return batch


def _check_count(key: Key, readings: int) -> None:
    kept = sum(cover.kept for cover in key.covers) if key.covers else key.taken
    if readings != kept:
        raise WireError(Refusal.KEY_COUNT, f"{readings} readings, the key says {kept}")
