"""Frames of an adapter that hears itself: our own bytes come back, are checked, and skipped."""

from msgspec.structs import replace

from edge_agent.bus.framing import Framing
from edge_agent.bus.modbus import Match, Verdict
from edge_agent.exchange import Request


class EchoFraming:
    """Another framing behind the echo of each request.

    A reply is looked for after our own frame only, whole as it was sent: were it not there, or not
    so, then somebody else spoke at the same time, or the adapter does not hear itself.
    """

    def __init__(self, framing: Framing) -> None:
        self._framing = framing
        self.shortest = framing.shortest
        self.finds_frames = framing.finds_frames

    def encode(self, request: Request) -> bytes:
        return self._framing.encode(request)

    def reply_length(self, request: Request) -> int:
        return self._framing.reply_length(request)

    def match(self, heard: bytes, request: Request, sent: bytes) -> Match:
        at = heard.find(sent)
        if at < 0:
            is_short = len(heard) < len(sent)
            return Match(Verdict.INCOMPLETE if is_short else Verdict.NO_ECHO)
        start = at + len(sent)
        if start == len(heard):
            return Match(Verdict.SILENCE)
        found = self._framing.match(heard[start:], request, sent)
        return replace(found, end=found.end + start) if found.end else found

    def stale_units(self, heard: bytes) -> tuple[int, ...]:
        return self._framing.stale_units(heard)
