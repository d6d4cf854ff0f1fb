"""The kinds are those of the catalogue: points, lanes, units; hashes come as plain data."""

import json

import pytest

from alarm_rules.in_force import in_force
from alarm_rules.rule import hazard_points
from simulators.fleet.kind import KINDS, FleetKind, KindError, with_hashes
from tests.shipped import PROFILES
from wire.topic import Lane

KIND = KINDS["smoke"]
LISTED = [{"id": "calectro_ug3", "hash": "aa", "rules_hash": "bb", "kind": "smoke"}]


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_points_lanes_and_units_are_those_of_the_catalogue(kind: FleetKind) -> None:
    profile = PROFILES[kind.profile]
    urgent = hazard_points(in_force(profile.rules).rules)
    shipped = {
        point.id: (Lane.URGENT if point.id in urgent else Lane.BULK, point.unit)
        for point in profile.points
    }
    said = {point.id: (point.lane, point.unit) for point in kind.points}
    assert said.items() <= shipped.items()


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_each_kind_has_points_in_both_lanes(kind: FleetKind) -> None:
    assert all(kind.of_lane(lane) for lane in Lane)


def test_hashes_come_from_the_list() -> None:
    (found,) = with_hashes([KIND], json.dumps(LISTED).encode())
    assert (found.profile_hash, found.rules_hash) == ("aa", "bb")
    assert found.points == KIND.points


@pytest.mark.parametrize(
    ("listed", "told"),
    [
        (b"no json", "is not what `device-profiles list --json > FILE` makes"),
        (b'[{"id": "calectro_ug3", "hash": "aa"}]', "rules_hash"),
        (b"\xff", "is not what"),
        (b'[{"id":"x","hash":"a","rules_hash":"b"}]', "lacks profile calectro_ug3 (kind smoke)"),
        (b"[]", "there are: none"),
    ],
)
def test_what_is_wrong_is_told(listed: bytes, told: str) -> None:
    with pytest.raises(KindError) as refused:
        with_hashes([KIND], listed)
    assert told in str(refused.value)
