"""A golden message of the wire as an MQTT session delivers it."""

import base64
import json
from pathlib import Path
from typing import Any

from runtime.mqtt import Message

FOLDER = Path(__file__).parent / "contract" / "wire"


def golden(name: str, *, mid: int = 0, connection: int = 1) -> Message:
    """The message of `contract/wire/<name>.json`."""
    read: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    if "payload" in read:
        payload = str(read["payload"]).encode()
    else:
        payload = base64.b64decode(read["payload_base64"])
    return Message(
        topic=read["topic"],
        payload=payload,
        properties=tuple((key, value) for key, value in read["properties"]),
        content_type=read["content_type"],
        qos=1,
        mid=mid,
        connection=connection,
    )
