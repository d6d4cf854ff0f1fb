"""How a row is put into words: in short where it is read, spelled out when it leaves again."""

from typing import Any

from edge_agent.buffer.lanes import Outgoing
from edge_agent.buffer.rows import Row
from edge_agent.buffer.timebase import Timebase
from edge_agent.uplink.speech import Speech, envelope_of
from runtime.mqtt import Outcome
from wire.envelope import Base, ClockState, Encoding, Key, Through, parse_properties
from wire.short_envelope import SHORT
from wire.statement import EpochStatement, Statement
from wire.topic import Lane

EPOCH = "a" * 16
BASE = Base("boot", 5, ClockState.SYNCHRONISED)
OUTGOING = Outgoing(
    Row(7, Lane.BULK, Key(EPOCH, 1, 1), BASE, Encoding.RAW, b"[{}]"),
    Statement(1, (EpochStatement(EPOCH, 1, 1, False, 1, 0),)),
    Through(4),
    Timebase(ClockState.UNSET, None, "boot", 9_000),
)


class Listening:
    """A session that remembers what it was told."""

    def __init__(self) -> None:
        self.said: list[dict[str, Any]] = []

    async def send(self, topic: str, payload: bytes, **said: Any) -> Outcome:
        self.said.append({"topic": topic, "payload": payload, **said})
        return Outcome.ACCEPTED


async def test_spelled_out_until_a_receipt_says_that_the_short_form_is_read() -> None:
    session = Listening()
    speech = Speech(Lane.BULK, "gw-001", session)  # type: ignore[arg-type]  # what a speech uses
    await speech.say(OUTGOING)
    speech.reads_short = True
    await speech.say(OUTGOING)
    await speech.say(OUTGOING, tries=2)
    speech.begin()
    await speech.say(OUTGOING)
    shorts = [[name for name, _ in one["properties"]] == [SHORT] for one in session.said]
    assert shorts == [False, True, False, False]
    for one in session.said:
        assert parse_properties(one["properties"]) == envelope_of(OUTGOING)
        assert (one["topic"], one["payload"]) == ("lifeline/1/up/36/gw-001/bulk", b"[{}]")
    types = [(one["content_type"], one["utf8"]) for one in session.said]
    json = "application/senml+json"
    assert types == [(json, True), (None, False), (json, False), (json, True)]


async def test_a_heartbeat_is_an_empty_pack() -> None:
    session = Listening()
    speech = Speech(Lane.URGENT, "gw-001", session)  # type: ignore[arg-type]  # what a speech uses
    await speech.say(Outgoing(None, OUTGOING.statement, OUTGOING.through, OUTGOING.timebase))
    (one,) = session.said
    assert one["payload"] == b"[]"
    assert parse_properties(one["properties"]).key is None
