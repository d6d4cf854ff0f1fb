from dataclasses import replace

from ingest_server.alarm.hearing import Hearing
from ingest_server.alarm.known_profiles import KnownProfiles
from ingest_server.alarm.settle import Desk
from ingest_server.alarm.watch_gateways import (
    CLONE_REST_US,
    judge_clones,
    judge_silence,
    note_arrivals,
    urgent_arrivals,
)
from ingest_server.db.journal import LaneState
from ingest_server.db.registry import take_birth
from ingest_server.db.snapshot import Snapshot
from tests.alarm_rig import PROFILES, SECOND, changes
from wire.identity import Birth, Software
from wire.topic import Lane

PROFILES_KNOWN = KnownProfiles(PROFILES)
Told = list[Snapshot]


def lane(gateway: str, arrival_us: int = 5, clones: int = 0, name: Lane = Lane.URGENT) -> LaneState:
    return LaneState(gateway, name, arrival_us, None, clones)


def bear(desk: Desk, gateway: str) -> None:
    birth = Birth(gateway, Software("edge-agent", "0"), "b-1", 1, "c", (), ())
    take_birth(desk.connection, birth, 1)


def test_only_the_urgent_lane_is_a_sign_of_life() -> None:
    lanes = [lane("gw-1", 5), lane("gw-1", 9, name=Lane.BULK), lane("gw-2", 7, name=Lane.BULK)]
    assert urgent_arrivals(lanes) == {"gw-1": 5}


def test_a_source_that_was_never_born_is_not_expected(desk: Desk, told: Told) -> None:
    bear(desk, "gw-1")
    hearing, arrivals = Hearing(30 * SECOND), {"gw-1": 5, "stranger": 5}
    note_arrivals(desk, arrivals)
    hearing.listen(arrivals, 1, 0)
    judge_silence(desk, hearing, PROFILES_KNOWN, arrivals, 31 * SECOND)
    assert [one.gateway for one in told] == ["gw-1"]
    assert told[0].since == 5


def test_a_gateway_is_back_with_any_other_arrival_even_an_earlier_stamp(
    desk: Desk, told: Told
) -> None:
    bear(desk, "gw-1")
    hearing = Hearing(30 * SECOND)
    hearing.listen({"gw-1": 5}, 1, 0)
    judge_silence(desk, hearing, PROFILES_KNOWN, {"gw-1": 5}, 31 * SECOND)
    hearing.listen({"gw-1": 3}, 1, 32 * SECOND)
    judge_silence(desk, hearing, PROFILES_KNOWN, {"gw-1": 3}, 32 * SECOND)
    assert changes(told)[1:] == ["gateway_silent: returned/alarm.cleared"]


def test_clones_alarm_when_they_rise_and_rest_after_ten_minutes(desk: Desk, told: Told) -> None:
    bear(desk, "gw-1")
    judge_clones(desk, [lane("gw-1", clones=1), lane("gw-1", clones=1, name=Lane.BULK)])
    judge_clones(desk, [lane("gw-1", clones=2)])
    later = replace(desk, now_us=desk.now_us + CLONE_REST_US + 1)
    judge_clones(later, [lane("gw-1", clones=2)])
    assert changes(told) == [
        "two_gateways_one_id: activated/alarm.raised",
        "two_gateways_one_id: returned/alarm.cleared",
    ]
    assert told[-1].latched
