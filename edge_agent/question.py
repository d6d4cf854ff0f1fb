"""What somebody asks the agent through its socket: a word on one line, or the head of HTTP GET."""

from enum import StrEnum

import msgspec

_LONGEST = 200


class Topic(StrEnum):
    """What can be asked; whoever says nothing is told the health."""

    HEALTH = "health"
    METRICS = "metrics"
    FRAMES = "frames"
    UNKNOWN = "unknown"


class Question(msgspec.Struct, frozen=True):
    """`about`: a line, for frames. `is_http`: the answer needs a head of HTTP."""

    topic: Topic
    about: str = ""
    is_http: bool = False


def parse(line: bytes) -> Question:
    """Read the first line; anything that is not understood is UNKNOWN."""
    words = line[:_LONGEST].decode("ascii", "replace").split()
    if not words:
        return Question(Topic.HEALTH)
    is_http = words[0] in ("GET", "HEAD")
    if is_http:
        path = (words[1] if len(words) > 1 else "/").partition("?")[0]
        words = path.strip("/").split("/") if path.strip("/") else [Topic.HEALTH.value]
    known = {topic.value: topic for topic in Topic}
    topic = known.get(words[0], Topic.UNKNOWN)
    return Question(topic, words[1] if len(words) > 1 else "", is_http)


def framed(question: Question, body: bytes, media_type: str) -> bytes:
    """The answer as it goes out; an unknown question over HTTP is 404."""
    if not question.is_http:
        return body
    status = "404 Not Found" if question.topic is Topic.UNKNOWN else "200 OK"
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nContent-Length: {len(body)}\r\n"
        "Cache-Control: no-store\r\nConnection: close\r\n\r\n"
    )
    return head.encode("ascii") + body
