"""What `quarantine` and `commands` print: asked of the running server."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from ingest_server.api_client import ApiClient
from ingest_server.words import Language, say

_OPEN = ("queued", "sent")
_LOOK_S = 0.5
_GRACE_S = 10
_SHOWN = 200  # of what came of something that nobody here has asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants of a gateway."""

    gateway: str
    kind: str
    device: str | None
    action: str | None
    actor: str
    comment: str | None
    expires_in: int


def quarantine(
    api: ApiClient,
    language: Language,
    *,
    gateway: str | None,
    reason: str | None,
    as_json: bool,
) -> str:
    """The newest first."""
    wanted = {"gateway": gateway, "reason": reason}
    query = urlencode({name: word for name, word in wanted.items() if word is not None})
    found = api.pages(f"/v1/quarantine?{query}")
    if as_json:
        return _json(found)
    return "\n".join(map(_refused, found)) or say(language, "no_quarantine")


def quarantined(api: ApiClient, number: int, *, as_json: bool) -> str:
    """One message whole."""
    found = api.get(f"/v1/quarantine/{number}")
    if as_json:
        return _json(found)
    properties = [f"  {name}: {text}" for name, text in found["properties"]]
    ending = "" if found["whole"] else " …"
    lines = [_refused(found), found["detail"], *properties, found["text"] + ending]
    return "\n".join([*lines, found["payload_hex"]])


def replay(api: ApiClient, language: Language, number: int, actor: str, *, as_json: bool) -> str:
    """Raise ApiClientError with the reason when it is refused again."""
    said = api.post(f"/v1/quarantine/{number}/replay", {"actor": actor})
    return _json(said) if as_json else say(language, "replayed", id=number, outcome=said["outcome"])


def commands(api: ApiClient, language: Language, gateway: str, *, as_json: bool) -> str:
    """The newest first."""
    found = api.pages(f"/v1/gateways/{quote(gateway)}/commands?")
    if as_json:
        return _json(found)
    return "\n".join(map(_command, found)) or say(language, "no_commands", gateway=gateway)


def ask(api: ApiClient, wish: Wish, *, as_json: bool) -> tuple[str, bool]:
    """Give the command and wait for its answer: the text, and whether it is done."""
    path = f"/v1/gateways/{quote(wish.gateway)}/commands"
    words = ("kind", "device", "action", "actor", "comment", "expires_in")
    body = {name: getattr(wish, name) for name in words}
    one = api.post(path, {name: word for name, word in body.items() if word is not None})
    for _ in range(round((wish.expires_in + _GRACE_S) / _LOOK_S)):
        if one["state"] not in _OPEN:
            break
        time.sleep(_LOOK_S)
        one = api.get(f"{path}/{one['id']}")["command"]
    text = _json(one) if as_json else f"{_command(one)}\n{one['detail']}".rstrip()
    return text, one["state"] == "done"


def _refused(one: Mapping[str, Any]) -> str:
    outcome = f"  {one['outcome']}" if one["outcome"] else ""
    return (
        f"{one['id']}  {one['last']}  {one['reason']}  {one['times']}x  {one['payload_bytes']} B"
        f"  {one['topic']}{outcome}"
    )


def _command(one: Mapping[str, Any]) -> str:
    what = " ".join(part for part in (one["kind"], one["device"], one["action"]) if part)
    said = f"{one['id']}  {one['asked']}  {one['state']:<7}  {what}  ({one['actor']})"
    if one["origin"] == "server":
        return said
    return f"{said}  {one['detail'].partition(chr(10))[0][:_SHOWN]}".rstrip()


def _json(found: object) -> str:
    return json.dumps(found, ensure_ascii=False, indent=2)
