"""What the deliverer asks of whatever carries a body to a receiver."""

from collections.abc import Mapping
from typing import Protocol

from ingest_server.notify.answer import Answer
from ingest_server.receiver import Receiver


class Poster(Protocol):
    """One attempt to deliver. Never raises for what the network or the receiver does."""

    async def post(self, receiver: Receiver, headers: Mapping[str, str], body: bytes) -> Answer:
        """Send once, wait for the answer within a time of its own, and name the outcome."""
        ...
