import sqlite3
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from ingest_server.db.alarm_book import migrate_book
from ingest_server.db.registry import (
    Told,
    find_device,
    find_gateway,
    list_devices,
    list_gateways,
    note_clones,
    note_heard,
    take_birth,
    take_status,
)
from runtime.database import connect
from wire.identity import Birth, Device, Line, Presence, SiteRules, Software, Status

S = 1_000_000


@pytest.fixture
def book(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = connect(tmp_path / "book.db")
    migrate_book(connection)
    yield connection
    connection.close()


def birth(*devices: str, boot: str = "b-1", connection: int = 1, gateway: str = "gw-1") -> Birth:
    return Birth(
        gateway=gateway,
        software=Software("edge-agent", "0.1.0"),
        boot=boot,
        connection=connection,
        config_hash="c1",
        lines=(Line("bus-1", "modbus-rtu"),),
        devices=tuple(
            Device(name, "calectro_ug3", "p1", "bus-1", "r1", "tunnel-3", "Duct")
            for name in devices
        ),
    )


def test_what_the_site_changed_is_kept_until_a_birth_says_otherwise(
    book: sqlite3.Connection,
) -> None:
    rules = SiteRules("household", ({"rule": "offline", "duration": 20_000_000},))
    plain = birth("smoke-01", "smoke-02")
    first, second = plain.devices
    told = msgspec.structs.replace(
        plain, devices=(msgspec.structs.replace(first, site=rules), second)
    )
    take_birth(book, told, 10)
    changed, same = list_devices(book, "gw-1")
    assert msgspec.json.decode(changed.site or "", type=SiteRules) == rules
    assert same.site is None
    take_birth(book, birth("smoke-01", connection=2), 20)
    assert [one.site for one in list_devices(book, "gw-1")] == [None, None]


def test_a_birth_names_the_gateway_and_its_devices(book: sqlite3.Connection) -> None:
    assert take_birth(book, birth("smoke-01"), 10) is Told.TAKEN
    known = find_gateway(book, "gw-1")
    assert known is not None
    assert (known.boot, known.software, known.born_us) == ("b-1", "edge-agent", 10)
    assert known.lines == (Line("bus-1", "modbus-rtu"),)
    device = find_device(book, "gw-1", "smoke-01")
    assert device is not None
    assert (device.profile, device.place, device.named_us) == ("calectro_ug3", "tunnel-3", 10)


def test_a_device_that_is_named_no_more_is_retired_and_can_come_back(
    book: sqlite3.Connection,
) -> None:
    take_birth(book, birth("smoke-01", "smoke-02"), 10)
    take_birth(book, birth("smoke-01", connection=2), 20)
    states = {one.device: one.retired_us for one in list_devices(book, "gw-1")}
    assert states == {"smoke-01": None, "smoke-02": 20}
    take_birth(book, birth("smoke-02", connection=3), 30)
    back = find_device(book, "gw-1", "smoke-02")
    assert back is not None
    assert (back.retired_us, back.named_us) == (None, 10)


def test_an_older_connection_of_the_same_boot_is_ignored(book: sqlite3.Connection) -> None:
    take_birth(book, birth("smoke-01", connection=5), 10)
    assert take_birth(book, birth(connection=4), 20) is Told.OLDER_CONNECTION
    assert take_birth(book, birth(boot="b-2"), 30) is Told.TAKEN


def test_a_late_will_does_not_take_a_gateway_away(book: sqlite3.Connection) -> None:
    assert take_status(book, "gw-1", Status(Presence.ONLINE, "b-1", 2)) is Told.TAKEN
    late = Status(Presence.OFFLINE, "b-1", 1)
    assert take_status(book, "gw-1", late) is Told.OLDER_CONNECTION
    assert take_status(book, "gw-1", Status(Presence.ONLINE, "b-2", 1)) is Told.TAKEN
    earlier = Status(Presence.OFFLINE, "b-1", 9)
    assert take_status(book, "gw-1", earlier) is Told.EARLIER_BOOT
    known = find_gateway(book, "gw-1")
    assert known is not None
    assert known.presence is Presence.ONLINE
    assert take_status(book, "gw-1", Status(Presence.OFFLINE, "b-2", 1)) is Told.TAKEN


def test_a_gap_of_the_urgent_lane_is_noted_when_it_ends(book: sqlite3.Connection) -> None:
    for arrival in (0, 10, 20, 60):
        note_heard(book, {"gw-1": arrival * S}, 25 * S)
    known = find_gateway(book, "gw-1")
    assert known is not None
    assert (known.heard_us, known.returned_us) == (60 * S, 60 * S)


def test_hearing_is_not_written_more_often_than_each_five_seconds(
    book: sqlite3.Connection,
) -> None:
    note_heard(book, {"gw-1": 10 * S}, 25 * S)
    note_heard(book, {"gw-1": 12 * S}, 25 * S)
    known = find_gateway(book, "gw-1")
    assert known is not None
    assert known.heard_us == 10 * S


def test_only_a_rise_of_the_clone_count_is_news(book: sqlite3.Connection) -> None:
    take_birth(book, birth(), 1)
    assert note_clones(book, "gw-1", 1, 5)
    assert not note_clones(book, "gw-1", 1, 6)
    assert not note_clones(book, "gw-1", 0, 7)
    assert note_clones(book, "gw-1", 1, 8)
    assert not note_clones(book, "gw-9", 1, 8)


def test_lists_are_paged(book: sqlite3.Connection) -> None:
    for name in ("gw-1", "gw-2", "gw-3"):
        take_birth(book, birth("a-1", "a-2", "a-3", gateway=name), 1)
    assert [one.gateway for one in list_gateways(book, "gw-1", 1)] == ["gw-2"]
    assert [one.device for one in list_devices(book, "gw-1", "a-1", 5)] == ["a-2", "a-3"]
