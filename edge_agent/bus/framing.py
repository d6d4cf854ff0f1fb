"""How a request becomes a frame and its reply is found: what RTU and Modbus TCP have in common."""

from typing import Protocol

from edge_agent.bus.modbus import (
    EXCEPTION_FRAME,
    Match,
    encode,
    expected_length,
    match,
    stale_units,
)
from edge_agent.exchange import Request


class Framing(Protocol):
    """One for each line: it may count transactions."""

    @property
    def shortest(self) -> int:
        """Bytes of the shortest frame that can answer anything."""
        ...

    @property
    def finds_frames(self) -> bool:
        """Whether a frame is found behind bytes that are none; else one starts where one ends."""
        ...

    def encode(self, request: Request) -> bytes:
        """The frame to send. Raise ValueError for what no frame can carry."""
        ...

    def reply_length(self, request: Request) -> int:
        """Bytes of the frame that answers the request."""
        ...

    def match(self, heard: bytes, request: Request, sent: bytes) -> Match:
        """Find the reply to `request`, which went out as `sent`, in all that was heard since."""
        ...

    def stale_units(self, heard: bytes) -> tuple[int, ...]:
        """The unit of every sound frame in bytes that nobody asked for."""
        ...


class RtuFraming:
    """Modbus RTU, on a serial line or through a converter: no transaction, a checksum."""

    shortest = EXCEPTION_FRAME
    finds_frames = True

    def encode(self, request: Request) -> bytes:
        return encode(request)

    def reply_length(self, request: Request) -> int:
        return expected_length(request)

    def match(self, heard: bytes, request: Request, sent: bytes) -> Match:  # noqa: ARG002 - no number in it
        return match(heard, request)

    def stale_units(self, heard: bytes) -> tuple[int, ...]:
        return stale_units(heard)
