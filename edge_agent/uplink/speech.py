"""How a row or a heartbeat is put into words: topic, envelope in short or spelled out, payload."""

from collections.abc import Awaitable

from edge_agent.buffer.lanes import Outgoing
from runtime.mqtt import Outcome, Session
from wire.codec import content_type
from wire.envelope import Encoding, Envelope, Sent, to_properties
from wire.topic import Lane, Up, up

_TOPICS = {Lane.URGENT: Up.URGENT, Lane.BULK: Up.BULK}


class Speech:
    """`reads_short`: whether this connection's latest receipt said that short forms are read."""

    def __init__(self, lane: Lane, gateway: str, session: Session) -> None:
        self._topic = up(gateway, _TOPICS[lane])
        self._session = session
        self.reads_short = False

    def begin(self) -> None:
        """A new connection: who reads there has to say so again."""
        self.reads_short = False

    def say(self, outgoing: Outgoing, *, tries: int = 1) -> Awaitable[Outcome]:
        """Send a row, or a heartbeat when there is none; what leaves again is spelled out.

        It leaves before this returns, if there is room for it; await what the broker says of it.
        """
        row = outgoing.row
        is_short = self.reads_short and tries == 1
        encoding = Encoding.RAW if row is None else row.encoding
        return self._session.send(
            self._topic,
            b"[]" if row is None else row.payload,
            properties=to_properties(envelope_of(outgoing), short=is_short),
            content_type=None if is_short else content_type(encoding),
            utf8=encoding is Encoding.RAW and not is_short and tries == 1,
        )


def envelope_of(outgoing: Outgoing) -> Envelope:
    row, timebase = outgoing.row, outgoing.timebase
    return Envelope(
        encoding=Encoding.RAW if row is None else row.encoding,
        key=None if row is None else row.key,
        statement=outgoing.statement,
        base=None if row is None else row.base,
        sent=Sent(timebase.boot, timebase.mono_ms, timebase.state),
        through=outgoing.through,
    )
