"""What `gateways config` prints: what a gateway is to be configured as, and what came of it."""

import argparse
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from ingest_server.api_client import ApiClient
from ingest_server.words import Language, say

_LOOK_S = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """`expected`: the hash in force that whoever wants it saw. `wait_s`: for an answer."""

    gateway: str
    toml: str
    expected: str
    actor: str
    comment: str | None
    wait_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """`version`: the newest one, as it was seen; None: whichever it is."""

    gateway: str
    version: int | None
    actor: str
    comment: str | None
    wait_s: float


def add_arguments(made: argparse.ArgumentParser) -> None:
    made.add_argument("action", nargs="?", choices=["config"], help="its configuration")
    made.add_argument("id", nargs="?", help="of a gateway")
    made.add_argument(
        "--set", type=Path, metavar="FILE", help="all its [lines.…] and [devices.…], as TOML"
    )
    made.add_argument(
        "--withdraw",
        action="store_true",
        help="want nothing of it any more: back to its site's own file",
    )
    made.add_argument(
        "--wanted", type=int, metavar="VERSION", help="withdraw this one only, if it is the newest"
    )
    made.add_argument("--expected", metavar="HASH", help="in force, as you saw it")
    made.add_argument("--comment", help="why")
    made.add_argument("--wait", type=float, default=60, help="seconds for an answer (%(default)s)")


def answer(api: ApiClient, given: argparse.Namespace) -> tuple[str, bool]:
    """What was asked for: the text, and whether all is well.

    Raise ApiClientError when the server refuses, OSError when the file can not be read.
    """
    if given.withdraw:
        asked = Withdrawal(
            gateway=given.id,
            version=given.wanted,
            actor=given.actor,
            comment=given.comment,
            wait_s=given.wait,
        )
        return withdraw(api, given.lang, asked, as_json=given.json)
    if given.set is None:
        return show(api, given.lang, given.id, as_json=given.json), True
    wish = Wish(
        gateway=given.id,
        toml=given.set.read_text(encoding="utf-8"),
        expected=given.expected,
        actor=given.actor,
        comment=given.comment,
        wait_s=given.wait,
    )
    return want(api, given.lang, wish, as_json=given.json)


def show(api: ApiClient, language: Language, gateway: str, *, as_json: bool) -> str:
    """What is in force and what is wanted, with its audit."""
    return _text(api.get(_path(gateway)), language, as_json=as_json)


def want(api: ApiClient, language: Language, wish: Wish, *, as_json: bool) -> tuple[str, bool]:
    """Ask for it and wait for the answer: the text, and whether it is applied.

    Raise ApiClientError when the server refuses.
    """
    body = {"toml": wish.toml, "expected": wish.expected, "actor": wish.actor}
    if wish.comment is not None:
        body["comment"] = wish.comment
    found = _answered(api, wish.gateway, api.put(_path(wish.gateway), body), wish.wait_s)
    return _text(found, language, as_json=as_json), found["desired"]["state"] == "applied"


def withdraw(
    api: ApiClient, language: Language, asked: Withdrawal, *, as_json: bool
) -> tuple[str, bool]:
    """Want nothing any more and wait for the answer: the text, and whether it is so.

    Raise ApiClientError when the server refuses.
    """
    said = {"actor": asked.actor, "comment": asked.comment, "version": asked.version}
    query = urlencode({key: value for key, value in said.items() if value is not None})
    found = api.delete(f"{_path(asked.gateway)}?{query}")
    if found["desired"] is None:
        return _text(found, language, as_json=as_json), True
    found = _answered(api, asked.gateway, found, asked.wait_s)
    return _text(found, language, as_json=as_json), found["desired"]["state"] == "applied"


def _answered(
    api: ApiClient, gateway: str, found: Mapping[str, Any], wait_s: float
) -> Mapping[str, Any]:
    """With the gateway's answer to this version, if it comes in time."""
    version = found["desired"]["version"]
    for _ in range(round(wait_s / _LOOK_S)):
        if found["desired"]["version"] != version or found["desired"]["state"] != "pending":
            break
        time.sleep(_LOOK_S)
        found = api.get(_path(gateway))
    return found


def _path(gateway: str) -> str:
    return f"/v1/gateways/{quote(gateway)}/config"


def _text(found: Mapping[str, Any], language: Language, *, as_json: bool) -> str:
    if as_json:
        return json.dumps(found, ensure_ascii=False, indent=2)
    head = say(language, "config_in_force", gateway=found["gateway"], hash=found["in_force"] or "-")
    desired = found["desired"]
    if desired is None:
        return f"{head}\n{say(language, 'config_none')}"
    wanted = say(
        language,
        "config_withdrawn" if desired["withdrawn"] else "config_wanted",
        version=desired["version"],
        actor=desired["actor"],
        based_on=desired["based_on"] or "-",
        state=say(language, desired["state"]),
    )
    events = [
        f"  {one['at']}  {one['event']}  {one['who']}  {one['detail']}".rstrip()
        for one in desired["events"]
    ]
    detail = desired["detail"].splitlines()
    if any(line.startswith(("- ", "+ ")) for line in detail):
        detail.append(say(language, "config_differs"))
    return "\n".join([head, wanted, *detail, *events])
