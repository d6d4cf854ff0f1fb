"""Answers what somebody asks the agent through its socket: figures, frames, its health."""

from collections.abc import Awaitable, Callable

import msgspec

from edge_agent.figures import figures
from edge_agent.frames.report import LineFrames
from edge_agent.health import AgentHealth
from edge_agent.health_document import document
from edge_agent.question import Question, Topic, framed, parse
from runtime.exposition import MEDIA_TYPE, render, this_process

_JSON = "application/json"
_ORDER = b"{"

Ask = Callable[[bytes], Awaitable[bytes]]


class Answering:
    """`frames`: of one line, or of all for "". `orders`: for what is a JSON document."""

    def __init__(
        self,
        health: Callable[[], Awaitable[AgentHealth]],
        frames: Callable[[str], tuple[LineFrames, ...]],
        orders: Ask,
    ) -> None:
        self._health = health
        self._frames = frames
        self._orders = orders

    async def answer(self, line: bytes) -> bytes:
        """To the first line of a connection of the local socket."""
        if line.lstrip().startswith(_ORDER):
            return await self._orders(line)
        question = parse(line)
        body, media_type = await self._body(question)
        return framed(question, body, media_type)

    async def figures_only(self, line: bytes) -> bytes:
        """To whoever comes over TCP: he may be any user of this machine."""
        question = parse(line)
        if question.topic is not Topic.METRICS or not question.is_http:
            question = Question(Topic.UNKNOWN, is_http=True)
        body, media_type = await self._body(question)
        return framed(question, body, media_type)

    async def _body(self, question: Question) -> tuple[bytes, str]:
        match question.topic:
            case Topic.HEALTH:
                return msgspec.json.encode(document(await self._health())), _JSON
            case Topic.FRAMES:
                return msgspec.json.encode(self._frames(question.about)), _JSON
            case Topic.METRICS:
                found = [*figures(await self._health()), *this_process()]
                return render(found).encode(), MEDIA_TYPE
            case Topic.UNKNOWN:
                return b"ask for health, metrics or frames\n", "text/plain"
