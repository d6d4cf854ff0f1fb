"""What the sub-commands print: one text for people, or JSON."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from ingest_server.api_client import ApiClient
from ingest_server.config import Config
from ingest_server.db.alarm_book import migrate_book
from ingest_server.notify.answer import Outcome
from ingest_server.notify.deliverer import Deliverer
from ingest_server.notify.webhook import Webhook
from ingest_server.receiver import Receiver
from ingest_server.store.influx_store import probe
from ingest_server.store.port import StoreError
from ingest_server.words import Language, say
from runtime.clock import SystemClock
from runtime.database import Database


def summary(
    config: Config,
    profiles: int,
    language: Language,
    *,
    as_json: bool,
    store_trouble: str | None = None,
) -> str:
    """What the checked file says, in a few lines; and what `try_store` found, if it was asked."""
    known: dict[str, object] = {
        "file": str(config.file),
        "broker": f"{config.mqtt.host}:{config.mqtt.port}",
        "shards": len(config.mqtt.shards),
        "api": config.api.url,
        "data": str(config.data),
        "receivers": len(config.receivers),
        "places": len(config.places),
        "profiles": profiles,
        "store": config.store.name,
    }
    if as_json:
        asked = {} if store_trouble is None else {"store_trouble": store_trouble or None}
        return _json(known | asked)
    lines = [say(language, "good", **known), say(language, "where", **known)]
    if not config.receivers:
        lines.append(say(language, "no_receivers"))
    if store_trouble is not None:
        lines.append(store_trouble or say(language, "store_answers", **known))
    return "\n".join(lines)


async def try_store(config: Config) -> str:
    """Why InfluxDB would not take and give readings, or nothing; it stores nothing.

    The embedded store is a file, of which there is nothing to ask.
    """
    if config.store.influx is None:
        return ""
    # Its client costs 0.3 s and 25 MB to import: who does not use it does not pay.
    from ingest_server.store.influx import Influx  # noqa: PLC0415

    try:
        async with Influx(config.store.influx) as client:
            await probe(client, config.store.influx.bucket)
    except StoreError as error:
        return str(error)
    return ""


def receivers(config: Config, language: Language, *, as_json: bool) -> str:
    """Never the path of a URL: many centres put a token into it."""
    found = [_receiver(one) for one in config.receivers]
    if as_json:
        return _json(found)
    lines = [
        f"{one['id']}  {one['host']}  {' '.join(one['filters']) or '*'}  {one['heartbeat_s']:g} s"
        for one in found
    ]
    return "\n".join(lines) or say(language, "no_receivers")


def _receiver(one: Receiver) -> dict[str, Any]:
    parts = urlsplit(one.url)
    chosen = (*one.classes, *one.severities, *one.gateways, *one.places)
    filters = sorted(str(word) for word in chosen)
    return {
        "id": one.id,
        "host": f"{parts.scheme}://{parts.netloc}",
        "filters": [*filters, *(["life_safety"] if one.life_safety_only else [])],
        "heartbeat_s": one.heartbeat_s or 30.0,
    }


async def test_receiver(config: Config, receiver: str, *, as_json: bool) -> tuple[str, bool]:
    """Post one receiver.test beside the running server: the answer, and whether it arrived."""
    clock = SystemClock()
    book = Database(config.data / "book.db", migrate_book)  # named only: a test stands in no table
    async with Webhook(clock) as webhook:
        deliverer = Deliverer(book, clock, config.receivers, config.places, webhook)
        answer = await deliverer.test(receiver)
    said = {
        "receiver": receiver,
        "outcome": answer.outcome,
        "status": answer.status,
        "answer": answer.text,
    }
    text = f"{receiver}: {answer.outcome} {answer.status or ''} {answer.text}".rstrip()
    return _json(said) if as_json else text, answer.outcome is Outcome.DELIVERED


def gateways(config: Config, language: Language, *, as_json: bool) -> str:
    """Each gateway with the ledger of its lanes."""
    found = ApiClient(config).pages("/v1/gateways?")
    if as_json:
        return _json(found)
    lines = [line for one in found for line in _gateway(one, language)]
    return "\n".join(lines) or say(language, "no_gateways")


def _gateway(one: Mapping[str, Any], language: Language) -> list[str]:
    state = say(language, "silent" if one["silent"] else "heard")
    lines = [f"{one['gateway']}  {state}  {one['last_heard'] or '-'}"]
    for lane, view in one["lanes"].items():
        ledger = {**view["ledger"], "dropped": sum(view["ledger"]["dropped"].values())}
        lines.append(f"  {lane:<6}  {say(language, 'ledger', **ledger)}")
    return lines


def alarms(config: Config, language: Language, *, state: str, as_json: bool) -> str:
    """The newest first."""
    found = ApiClient(config).pages(f"/v1/alarms?state={state}")
    if as_json:
        return _json(found)
    return "\n".join(_alarm(one, language) for one in found) or say(language, "no_alarms")


def _alarm(one: Mapping[str, Any], language: Language) -> str:
    words = ["closed"]
    if not one["state"]["closed"]:
        words = ["active" if one["state"]["active"] else "inactive"]
        words.append("acknowledged" if one["state"]["acknowledged"] else "unacknowledged")
    state = " ".join(say(language, word) for word in words)
    where = ":".join(part for part in (one["gateway"], one["device"]) if part)
    title = one["title"].get(language, one["rule"])
    return f"{one['since']}  {one['severity']:<8}  {where}  {title}  {state}  {one['alarm_id']}"


def _json(found: object) -> str:
    return json.dumps(found, ensure_ascii=False, indent=2)
