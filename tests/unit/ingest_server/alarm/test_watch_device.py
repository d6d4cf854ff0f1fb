from alarm_rules.rule import AbsenceRule, points_of
from ingest_server.alarm.known_profiles import KnownProfile, KnownProfiles
from ingest_server.alarm.record import Seen
from ingest_server.alarm.settle import Desk
from ingest_server.alarm.watch_device import (
    Watched,
    await_device,
    cause_of,
    pass_time,
    take_samples,
)
from ingest_server.db.evaluation_book import Evaluation, Kept, find_evaluation, write_evaluation
from ingest_server.db.registry import KnownDevice
from ingest_server.db.snapshot import Change, Snapshot
from tests.alarm_rig import PROFILES, SECOND, SMOKE, changes, reading
from wire.reading import Reading

T0 = 1_795_000_000 * SECOND
HOUR = 3_600 * SECOND
DEVICE = KnownDevice(
    "gw-1", "smoke-01", SMOKE.id, "p", "r", "bus-1", "tunnel-3", "Duct", T0, retired_us=None
)
Told = list[Snapshot]


def known() -> KnownProfile:
    profile = KnownProfiles(PROFILES).of(DEVICE)
    assert profile is not None
    return profile


def watched(*, away: bool = False) -> Watched:
    def is_away(_: Seen) -> bool:
        return away

    return Watched(DEVICE, known(), is_away)


def kept(*readings: Reading) -> list[Kept]:
    return [Kept(one, "synchronised") for one in readings]


def count(desk: Desk, table: str) -> int:
    (number,) = desk.connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 - named here
    return int(number)


def test_samples_older_than_the_retention_go_and_late_hazards_still_page(
    desk: Desk, told: Told
) -> None:
    for hour in range(0, 120, 2):
        take_samples(desk, watched(), kept(reading(T0 + hour * HOUR, value=False)))
    assert count(desk, "sample") < 60
    (smoke,) = [find_evaluation(desk.connection, "gw-1", "smoke-01", "smoke")]
    assert smoke is not None
    assert smoke.base_us > T0 + 40 * HOUR
    told.clear()
    ancient = kept(reading(T0 + HOUR, value=True), reading(T0 + HOUR + SECOND, value=False))
    take_samples(desk, watched(), ancient)
    smoke_told = [one for one in told if one.rule == "smoke"]
    assert [(one.change, one.announces) for one in smoke_told] == [(Change.OVER, True)]
    take_samples(desk, watched(), ancient)
    assert [one for one in told if one.rule == "smoke"] == smoke_told


def test_a_rule_that_is_fed_no_more_keeps_no_samples_of_other_points(desk: Desk) -> None:
    fault = next(
        points_of(one.rule)[0]
        for one in known().rules
        if points_of(one.rule) not in ((), ("smoke",))
    )
    take_samples(desk, watched(), kept(reading(T0, value=False, point=fault)))
    of_before = find_evaluation(desk.connection, "gw-1", "smoke-01", "smoke") or Evaluation(
        "gw-1", "smoke-01", "rule-of-an-older-release", "d", b"{}", 0, 0, None, b"[]"
    )
    write_evaluation(desk.connection, of_before)
    for hour in range(0, 240, 2):
        take_samples(desk, watched(), kept(reading(T0 + hour * HOUR, value=False)))
    assert count(desk, "sample") < 60


def test_a_changed_rule_begins_anew_and_does_not_close_its_alarm(desk: Desk, told: Told) -> None:
    take_samples(desk, watched(), kept(reading(T0, value=True)))
    desk.connection.execute("UPDATE evaluation SET definition = 'older'")
    take_samples(desk, watched(), kept(reading(T0 + SECOND, value=True)))
    assert [one.active for one in told] == [True]
    take_samples(desk, watched(), kept(reading(T0 + 2 * SECOND, value=False)))
    assert (told[-1].active, told[-1].since) == (False, T0)
    rows = desk.connection.execute("SELECT start_us, end_us FROM episode").fetchall()
    assert rows == [(T0, T0 + 2 * SECOND)]


def test_a_state_that_can_not_be_read_begins_anew(desk: Desk, told: Told) -> None:
    take_samples(desk, watched(), kept(reading(T0, value=False)))
    desk.connection.execute("UPDATE evaluation SET state = x'00'")
    take_samples(desk, watched(), kept(reading(T0 + SECOND, value=True)))
    assert changes(told) == ["smoke: activated/alarm.raised"]


def test_absence_is_hidden_while_the_gateway_is_away_and_nothing_else_is(
    desk: Desk, told: Told
) -> None:
    await_device(desk.connection, watched())
    (absence,) = [one for one in known().rules if isinstance(one.rule, AbsenceRule)]
    pass_time(desk, watched(away=True), absence, T0 + 31 * SECOND)
    assert told == []
    assert count(desk, "alarm") == 1
    take_samples(desk, watched(away=True), kept(reading(T0 + 32 * SECOND, value=True)))
    assert changes(told) == ["smoke: activated/alarm.raised"]


def test_awaiting_a_device_twice_changes_nothing(desk: Desk) -> None:
    await_device(desk.connection, watched())
    take_samples(desk, watched(), kept(reading(T0 + SECOND, value=False)))
    before = find_evaluation(desk.connection, "gw-1", "smoke-01", "offline")
    await_device(desk.connection, watched())
    assert find_evaluation(desk.connection, "gw-1", "smoke-01", "offline") == before


def test_the_cause_carries_what_the_receiver_needs() -> None:
    smoke = known().find("smoke")
    assert smoke is not None
    cause = cause_of(DEVICE, smoke)
    assert (cause.place, cause.profile, cause.point, cause.limit) == (
        "tunnel-3",
        SMOKE.id,
        "smoke",
        True,
    )
    assert cause.life_safety
    assert set(cause.title) == {"en", "zh"}
