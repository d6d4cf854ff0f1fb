"""What a command answers: text for stdout, complaints for stderr, and its exit code."""

import json
from typing import Any

import msgspec


class Answer(msgspec.Struct, frozen=True):
    """`code`: 0 fine, 1 a problem was found, 2 usage or configuration."""

    code: int
    text: str = ""
    complaints: tuple[str, ...] = ()


def as_json(said: dict[str, Any] | list[Any]) -> str:
    return json.dumps(said, indent=2, ensure_ascii=False)
