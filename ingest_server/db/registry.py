"""The registry: gateways and devices as births and statuses told, and when they were heard."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec

from wire.identity import Birth, Device, Line, Presence, SiteRules, Status

HEARD_STEP_US = 5_000_000


class Told(StrEnum):
    """What became of a birth or a status."""

    TAKEN = "taken"
    OLDER_CONNECTION = "older_connection"
    EARLIER_BOOT = "earlier_boot"


@dataclass(frozen=True, slots=True)
class Gateway:
    """All times are arrivals, UTC us. What no birth or status has said yet is None."""

    gateway: str
    born_us: int | None
    boot: str | None
    connection: int | None
    software: str | None
    version: str | None
    config_hash: str | None
    lines: tuple[Line, ...]
    presence: Presence | None
    heard_us: int | None
    returned_us: int | None
    clones: int
    cloned_us: int | None


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """A device that a birth has named; `retired_us`: a later birth named it no more.

    `site`: JSON of SiteRules, None where the site changed nothing.
    """

    gateway: str
    device: str
    profile: str
    profile_hash: str
    rules_hash: str
    line: str
    place: str | None
    name: str | None
    named_us: int
    retired_us: int | None
    site: str | None = None


_GATEWAY = (
    "SELECT gateway, born_us, boot, connection, software, version, config_hash, lines, presence,"
    " heard_us, returned_us, clones, cloned_us FROM gateway"
)
_DEVICE = (
    "SELECT gateway, device, profile, profile_hash, rules_hash, line, place, name, named_us,"
    " retired_us, site FROM device"
)


def take_birth(connection: sqlite3.Connection, birth: Birth, arrival_us: int) -> Told:
    """Note the gateway and its devices; one of an older connection of the same boot is ignored."""
    known = find_gateway(connection, birth.gateway)
    same_boot = known is not None and known.boot == birth.boot
    if known is not None and same_boot and (known.connection or 0) > birth.connection:
        return Told.OLDER_CONNECTION
    connection.execute(
        "INSERT INTO gateway (gateway, born_us, boot, connection, software, version, config_hash,"
        " lines) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (gateway) DO UPDATE SET"
        " born_us = excluded.born_us, boot = excluded.boot, connection = excluded.connection,"
        " software = excluded.software, version = excluded.version,"
        " config_hash = excluded.config_hash, lines = excluded.lines",
        (
            birth.gateway,
            arrival_us,
            birth.boot,
            birth.connection,
            birth.software.name,
            birth.software.version,
            birth.config_hash,
            msgspec.json.encode(birth.lines).decode(),
        ),
    )
    _take_devices(connection, birth, arrival_us)
    return Told.TAKEN


def _take_devices(connection: sqlite3.Connection, birth: Birth, arrival_us: int) -> None:
    connection.execute(
        "UPDATE device SET retired_us = ? WHERE gateway = ? AND retired_us IS NULL",
        (arrival_us, birth.gateway),
    )
    connection.executemany(
        "INSERT INTO device VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, ?)"
        " ON CONFLICT (gateway, device) DO UPDATE SET profile = excluded.profile,"
        " profile_hash = excluded.profile_hash, rules_hash = excluded.rules_hash,"
        " line = excluded.line, place = excluded.place, name = excluded.name, retired_us = NULL,"
        " site = excluded.site",
        [_device_row(birth.gateway, one, arrival_us) for one in birth.devices],
    )


def _device_row(gateway: str, one: Device, arrival_us: int) -> tuple[str | int | None, ...]:
    return (
        gateway,
        one.device,
        one.profile,
        one.profile_hash,
        one.rules_hash,
        one.line,
        one.place,
        one.name,
        arrival_us,
        None if one.site_rules == SiteRules() else msgspec.json.encode(one.site).decode(),
    )


def take_status(connection: sqlite3.Connection, gateway: str, status: Status) -> Told:
    """Note the presence, unless it is a late will: of an older connection or an earlier boot."""
    row = connection.execute(
        "SELECT presence_boot, presence_number FROM gateway WHERE gateway = ?",
        (gateway,),
    ).fetchone()
    boot, number = row or (None, None)
    if boot == status.boot and (number or 0) > status.connection:
        return Told.OLDER_CONNECTION
    if boot not in (None, status.boot) and status.presence is Presence.OFFLINE:
        return Told.EARLIER_BOOT
    connection.execute(
        "INSERT INTO gateway (gateway, presence, presence_boot, presence_number)"
        " VALUES (?, ?, ?, ?) ON CONFLICT (gateway) DO UPDATE SET presence = excluded.presence,"
        " presence_boot = excluded.presence_boot, presence_number = excluded.presence_number",
        (gateway, status.presence.value, status.boot, status.connection),
    )
    return Told.TAKEN


def note_heard(connection: sqlite3.Connection, arrivals: Mapping[str, int], gap_us: int) -> None:
    """Note arrivals of the urgent lane (written every 5 s at most), and the end of a gap."""
    heard = dict(connection.execute("SELECT gateway, heard_us FROM gateway").fetchall())
    for gateway, arrival_us in arrivals.items():
        before = heard.get(gateway)
        if before is not None and 0 <= arrival_us - before < HEARD_STEP_US:
            continue
        returned = before is not None and arrival_us - before > gap_us
        connection.execute(
            "INSERT INTO gateway (gateway, heard_us) VALUES (?, ?) ON CONFLICT (gateway)"
            " DO UPDATE SET heard_us = excluded.heard_us, returned_us = coalesce(?, returned_us)",
            (gateway, arrival_us, arrival_us if returned else None),
        )


def last_words(connection: sqlite3.Connection) -> dict[str, int]:
    """When each gateway that was ever born was heard last, as the book knows it."""
    return dict(
        connection.execute(
            "SELECT gateway, coalesce(heard_us, born_us) FROM gateway WHERE born_us IS NOT NULL"
        ).fetchall()
    )


def note_clones(connection: sqlite3.Connection, gateway: str, clones: int, now_us: int) -> bool:
    """Note how often two gateways with this id were seen; whether that is more than before."""
    known = find_gateway(connection, gateway)
    if known is None or known.clones == clones:
        return False
    rose = clones > known.clones
    connection.execute(
        "UPDATE gateway SET clones = ?, cloned_us = ? WHERE gateway = ?",
        (clones, now_us if rose else known.cloned_us, gateway),
    )
    return rose


def find_gateway(connection: sqlite3.Connection, gateway: str) -> Gateway | None:
    row = connection.execute(f"{_GATEWAY} WHERE gateway = ?", (gateway,)).fetchone()
    return None if row is None else _gateway(row)


def list_gateways(
    connection: sqlite3.Connection,
    after: str = "",
    limit: int = 100,
) -> list[Gateway]:
    """At most `limit` gateways whose id comes after `after`, in order of id."""
    rows = connection.execute(
        f"{_GATEWAY} WHERE gateway > ? ORDER BY gateway LIMIT ?",
        (after, limit),
    )
    return [_gateway(row) for row in rows]


def find_device(connection: sqlite3.Connection, gateway: str, device: str) -> KnownDevice | None:
    row = connection.execute(
        f"{_DEVICE} WHERE gateway = ? AND device = ?",
        (gateway, device),
    ).fetchone()
    return None if row is None else KnownDevice(*row)


def list_devices(
    connection: sqlite3.Connection,
    gateway: str,
    after: str = "",
    limit: int = 100,
) -> list[KnownDevice]:
    """At most `limit` devices of the gateway whose id comes after `after`, retired ones too."""
    rows = connection.execute(
        f"{_DEVICE} WHERE gateway = ? AND device > ? ORDER BY device LIMIT ?",
        (gateway, after, limit),
    )
    return [KnownDevice(*row) for row in rows]


_lines = msgspec.json.Decoder(tuple[Line, ...])


def _gateway(row: tuple[Any, ...]) -> Gateway:
    values = list(row)
    values[7] = _lines.decode(row[7] or "[]")
    values[8] = None if row[8] is None else Presence(row[8])
    return Gateway(*values)
