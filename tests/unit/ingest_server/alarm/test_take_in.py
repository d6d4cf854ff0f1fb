from ingest_server.alarm.known_profiles import KnownProfiles
from ingest_server.alarm.settle import Desk
from ingest_server.alarm.take_in import take_entries
from ingest_server.db.evaluation_book import find_evaluation
from ingest_server.db.held import held_devices, not_evaluated
from ingest_server.db.journal import Entry, Kind
from ingest_server.db.registry import KnownDevice, find_device, find_gateway
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


def of_link(number: int, at_us: int, share: float) -> Entry:
    said = reading(at_us, share, point="link_bad")
    return Entry(number, Kind.BULK, GATEWAY, T0, "synchronised", (said,))


def test_what_a_gateway_says_of_itself_is_for_the_store_alone(desk: Desk, told: Told) -> None:
    itself = reading(T0, 0.5, device="gateway", point="disk_free")
    take_entries(desk, KNOWN, [Entry(1, Kind.BULK, GATEWAY, T0, "synchronised", (itself,))])
    assert held_devices(desk.connection, GATEWAY) == {}
    assert told == []


def test_a_poor_link_is_sensor_health_until_it_is_well_again(desk: Desk, told: Told) -> None:
    entries = [of_link(2, T0, 0.02), of_link(3, T0 + 60_000_000, 0.12)]
    take_entries(desk, KNOWN, [birth(1, device()), *entries])
    assert [(one.rule, one.value, one.limit, one.alarm_class) for one in told] == [
        ("link_poor", 0.12, 0.1, "sensor_health")
    ]
    take_entries(desk, KNOWN, [of_link(4, T0 + 120_000_000, 0.01)])
    assert changes(told)[1:] == ["link_poor: returned/alarm.cleared"]


def test_what_is_said_of_the_link_is_no_sign_of_life(desk: Desk, told: Told) -> None:
    known = KNOWN.of(find(desk))
    assert known is not None
    assert known.uses("smoke")
    assert not known.uses("link_reply_p50")
    take_entries(desk, KNOWN, [batch(2, False)])
    before = stored_state(desk)
    take_entries(desk, KNOWN, [of_link(3, T0 + 900_000_000, 0.01)])
    assert stored_state(desk) == before
    assert told == []


def find(desk: Desk) -> KnownDevice:
    take_entries(desk, KNOWN, [birth(1, device())])
    found = find_device(desk.connection, GATEWAY, "smoke-01")
    assert found is not None
    return found


def stored_state(desk: Desk) -> bytes:
    found = find_evaluation(desk.connection, GATEWAY, "smoke-01", "offline")
    assert found is not None
    return found.state
