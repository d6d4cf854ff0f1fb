"""The tables [receivers.*] and [places.*] of server.toml: whom to tell, and of which places."""

import re
from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any, TypeVar

import msgspec

from alarm_rules.rule import AlarmClass, Severity
from device_profiles.typed_toml import Problem, read_table
from ingest_server.config_file import SECOND, PlaceTable, ReceiverTable
from ingest_server.config_secret import Secrets
from ingest_server.receiver import Place, Receiver, ReceiverError, parse_secret
from runtime.likeness import nearest

S = TypeVar("S", bound=msgspec.Struct)
W = TypeVar("W", bound=StrEnum)

_LEAST_BEAT, _MOST_BEAT = 1 * SECOND, 3_600 * SECOND
_PLACE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def check_places(raw: Any, problems: list[Problem]) -> dict[str, Place]:
    """Every place that can be read, by id."""
    places = {}
    for name, table in _tables(raw, "places", PlaceTable, problems):
        if not _PLACE_ID.fullmatch(name):
            text = "is no id of a place: use letters, digits, . _ and -, at most 64"
            problems.append(Problem(f"places.{name[:80]}", "", text))
        if (table.longitude is None) is not (table.latitude is None):
            absent = "longitude" if table.longitude is None else "latitude"
            text = "is missing: longitude and latitude go together"
            problems.append(Problem(f"places.{name}", absent, text))
        places[name] = Place(id=name, **msgspec.structs.asdict(table))
    return places


def check_receivers(
    raw: Any, places: Collection[str], secrets: Secrets, problems: list[Problem]
) -> tuple[Receiver, ...]:
    """Every receiver that can be used as written."""
    made = (
        _receiver(name, table, places, secrets, problems)
        for name, table in _tables(raw, "receivers", ReceiverTable, problems)
    )
    return tuple(receiver for receiver in made if receiver is not None)


def _tables(raw: Any, section: str, to: type[S], problems: list[Problem]) -> list[tuple[str, S]]:
    """Each table below the section that reads well; what is no table was reported before."""
    found = []
    for name, table in raw.items() if isinstance(raw, Mapping) else ():
        if not isinstance(table, Mapping):
            continue
        read = read_table(table, to)
        if not isinstance(read, tuple):
            found.append((name, read))
            continue
        for problem in read:
            place = ".".join(part for part in (section, name, problem.table) if part)
            problems.append(Problem(place, problem.key, problem.message))
    return found


def _receiver(
    name: str,
    table: ReceiverTable,
    places: Collection[str],
    secrets: Secrets,
    problems: list[Problem],
) -> Receiver | None:
    before, place = len(problems), f"receivers.{name}"
    keys = _secrets(table, place, secrets)
    classes = _words(table.classes, AlarmClass, place, "classes", problems)
    severities = _words(table.severities, Severity, place, "severities", problems)
    for wanted in table.places:
        if wanted not in places:
            text = f"{wanted[:80]!r} is no place of this file{_near(wanted, places)}"
            problems.append(Problem(place, "places", text))
    if not _LEAST_BEAT <= table.heartbeat <= _MOST_BEAT:
        problems.append(Problem(place, "heartbeat", "must be from 1s to 1h; 30s is usual"))
    if len(problems) > before:
        return None
    try:
        return Receiver(
            id=name,
            url=table.url,
            secrets=tuple(keys),
            classes=classes,
            severities=severities,
            gateways=frozenset(table.gateways),
            places=frozenset(table.places),
            life_safety_only=table.life_safety_only,
            allow_private=table.allow_private,
            heartbeat_s=table.heartbeat / SECOND,
        )
    except ReceiverError as error:
        problems.append(Problem(place, "", str(error)))
        return None


def _secrets(table: ReceiverTable, place: str, secrets: Secrets) -> list[bytes]:
    files, variables = _many(table.secret_file), _many(table.secret_env)
    if not files and not variables:
        text = "is missing: name a file with whsec_ and 32 random bytes in base64, or secret_env"
        secrets.problems.append(Problem(place, "secret_file", text))
    texts = [(text, "secret_file") for text in secrets.from_files(files, place, "secret_file")]
    found = secrets.from_environment(variables, place, "secret_env")
    texts += [(text, "secret_env") for text in found]
    keys = []
    for text, key in texts:
        try:
            keys.append(parse_secret(text))
        except ReceiverError as error:
            secrets.problems.append(Problem(place, key, f"{error}; make one: {_HOW}"))
    return keys


_HOW = 'echo "whsec_$(openssl rand -base64 32)"'


def _many(given: str | tuple[str, ...]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else given


def _words(
    given: tuple[str, ...], kind: type[W], place: str, key: str, problems: list[Problem]
) -> frozenset[W]:
    known = [member.value for member in kind]
    for word in given:
        if word not in known:
            text = f"{word[:80]!r} is none of {', '.join(known)}{_near(word, known)}"
            problems.append(Problem(place, key, text))
    return frozenset(kind(word) for word in given if word in known)


def _near(word: str, known: Collection[str]) -> str:
    near = nearest(word, known)
    return f"; did you mean {near[0]!r}?" if near else ""
