"""The topic grammar: build and parse, shard of a gateway (design section 3, table of topics)."""

import zlib
from enum import StrEnum

import msgspec

from wire.reading import ID
from wire.refusal import Refusal, WireError

PREFIX = "lifeline/1"
SHARDS = 64


class Lane(StrEnum):
    """The two lanes; a lane belongs to the point, never to the value."""

    URGENT = "urgent"
    BULK = "bulk"


class Up(StrEnum):
    """What a gateway says."""

    URGENT = "urgent"
    BULK = "bulk"
    BIRTH = "birth"
    STATUS = "status"
    RESULT = "result"


class Down(StrEnum):
    """What a gateway is told."""

    RECEIPT = "receipt"
    CONFIG = "config"
    COMMAND = "command"


class UpTopic(msgspec.Struct, frozen=True):
    """A parsed `lifeline/1/up/{shard}/{gateway}/{kind}`."""

    gateway: str
    kind: Up


def shard(gateway: str) -> int:
    """CRC-32 of the gateway id modulo 64: the same on every machine, for ever."""
    return zlib.crc32(gateway.encode()) % SHARDS


def up(gateway: str, kind: Up) -> str:
    return f"{PREFIX}/up/{shard(gateway):02d}/{gateway}/{kind}"


def down(gateway: str, kind: Down) -> str:
    return f"{PREFIX}/down/{gateway}/{kind}"


def up_filters(shards: range | list[int], kinds: list[Up]) -> list[str]:
    """Subscriptions of one ingest session: its shards times its kinds, or one wildcard for all."""
    if len(shards) == SHARDS:
        return [f"{PREFIX}/up/+/+/{kind}" for kind in kinds]
    return [f"{PREFIX}/up/{one:02d}/+/{kind}" for one in shards for kind in kinds]


def parse_up(topic: str) -> UpTopic:
    """Raise WireError: TOPIC_GRAMMAR, or SHARD_MISMATCH when the shard is not the gateway's."""
    parts = topic.split("/")
    if len(parts) != 6 or "/".join(parts[:3]) != f"{PREFIX}/up":  # noqa: PLR2004 - the grammar
        raise WireError(Refusal.TOPIC_GRAMMAR, f"{topic[:120]!r} is not a {PREFIX} up topic")
    stated, gateway, kind = parts[3:]
    if not ID.fullmatch(gateway) or kind not in list(Up):
        raise WireError(Refusal.TOPIC_GRAMMAR, f"{topic[:120]!r}: bad gateway id or kind")
    if stated != f"{shard(gateway):02d}":
        raise WireError(
            Refusal.SHARD_MISMATCH,
            f"{gateway} belongs to shard {shard(gateway):02d}, not {stated[:8]!r}",
        )
    return UpTopic(gateway, Up(kind))


def parse_down(topic: str) -> tuple[str, Down]:
    """Gateway id and kind of a `lifeline/1/down/…` topic; raise WireError(TOPIC_GRAMMAR)."""
    parts = topic.split("/")
    if (
        len(parts) == 5  # noqa: PLR2004 - the grammar
        and "/".join(parts[:3]) == f"{PREFIX}/down"
        and ID.fullmatch(parts[3])
        and parts[4] in list(Down)
    ):
        return parts[3], Down(parts[4])
    raise WireError(Refusal.TOPIC_GRAMMAR, f"{topic[:120]!r} is not a {PREFIX} down topic")
