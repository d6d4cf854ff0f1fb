from ingest_server.alarm.known_profiles import KnownProfiles
from ingest_server.alarm.settle import Desk
from ingest_server.alarm.take_in import take_entries
from ingest_server.db.held import held_devices, not_evaluated
from ingest_server.db.journal import Entry, Kind
from ingest_server.db.registry import find_device, find_gateway
from ingest_server.db.snapshot import Snapshot
from tests.alarm_rig import GATEWAY, PROFILES, changes, device, reading
from wire.identity import Birth, Device, Presence, Software, Status

KNOWN = KnownProfiles(PROFILES)
T0 = 1_000_000_000
Told = list[Snapshot]


def birth(number: int, *devices: Device, connection: int = 1) -> Entry:
    message = Birth(GATEWAY, Software("a", "0"), "b-1", connection, "c", (), devices)
    return Entry(number, Kind.BIRTH, GATEWAY, T0, "synchronised", birth=message)


def batch(number: int, *values: bool, name: str = "smoke-01") -> Entry:
    readings = tuple(
        reading(T0 + number * 10 + n, value=value, device=name) for n, value in enumerate(values)
    )
    return Entry(number, Kind.URGENT, GATEWAY, T0, "unset", readings)


def test_readings_before_and_after_the_birth_are_judged_together(desk: Desk, told: Told) -> None:
    take_entries(desk, KNOWN, [batch(1, False, True), birth(2, device()), batch(3, True)])
    assert changes(told) == ["smoke: activated/alarm.raised"]
    assert told[0].clock == "unset"
    assert told[0].since == T0 + 11
    assert held_devices(desk.connection, GATEWAY) == {}


def test_readings_of_an_unknown_profile_are_counted(desk: Desk, told: Told) -> None:
    take_entries(desk, KNOWN, [birth(1, device(profile="unheard_of")), batch(2, True, True)])
    assert not_evaluated(desk.connection, GATEWAY) == {"unknown_profile": 2}
    assert changes(told) == ["profile_mismatch: activated/alarm.raised"]


def test_an_older_birth_changes_nothing(desk: Desk) -> None:
    older = birth(2, device("smoke-02"), connection=1)
    take_entries(desk, KNOWN, [birth(1, device(), connection=2), older])
    assert find_device(desk.connection, GATEWAY, "smoke-01") is not None
    assert find_device(desk.connection, GATEWAY, "smoke-02") is None


def test_a_status_reaches_the_registry(desk: Desk) -> None:
    status = Status(Presence.OFFLINE, "b-1", 1)
    take_entries(desk, KNOWN, [Entry(1, Kind.STATUS, GATEWAY, T0, "synchronised", status=status)])
    known = find_gateway(desk.connection, GATEWAY)
    assert known is not None
    assert known.presence is Presence.OFFLINE
