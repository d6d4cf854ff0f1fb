"""A local action names what there is; what is not is named with the nearest right one."""

import pytest

from device_profiles.typed_toml import Problem
from edge_agent.config.check_local_actions import (
    check_local_actions,
    local_action_warnings,
    meant,
)
from edge_agent.config.sections import Sections, read_sections
from tests.shipped import PROFILES

DEVICES = {
    "smoke-01": {"profile": "calectro_ug3", "line": "shed"},
    "smoke-02": {"profile": "calectro_ug3", "line": "shed", "unit": 2},
    "gas-01": {"profile": "honeywell_sensepoint_xcd", "line": "shed", "unit": 3},
}
SIREN = {
    "when": [{"device": "smoke-01", "rule": "smoke"}],
    "device": "smoke-02",
    "action": "relay_test",
    "undo": "reset",
}


def read(**changes: object) -> Sections:
    return read_sections({"devices": DEVICES, "local_actions": {"siren": {**SIREN, **changes}}})


def problems(found: Sections) -> list[Problem]:
    return list(check_local_actions(found, PROFILES))


def test_one_that_is_right() -> None:
    found = read()
    assert problems(found) == []
    assert list(local_action_warnings(found)) == []


@pytest.mark.parametrize(
    ("changes", "place", "said"),
    [
        (
            {"when": [{"device": "smoke-1", "rule": "smoke"}]},
            "local_actions.siren.when[0].device",
            "did you mean 'smoke-01'?",
        ),
        (
            {"when": [{"device": "smoke-01", "rule": "smok"}]},
            "local_actions.siren.when[0].rule",
            "no such rule of calectro_ug3; did you mean 'smoke'?",
        ),
        ({"device": "siren-9"}, "local_actions.siren.device", "no such device"),
        ({"action": "relay_tst"}, "local_actions.siren.action", "did you mean 'relay_test'?"),
        ({"undo": "silence"}, "local_actions.siren.undo", "there is: relay_test, reset"),
        (
            {"undo": None, "undo_after": "1min"},
            "local_actions.siren.undo_after",
            "of no use without undo",
        ),
    ],
)
def test_each_mistake_is_named(changes: dict[str, object], place: str, said: str) -> None:
    kept = {key: value for key, value in {**SIREN, **changes}.items() if value is not None}
    found = read_sections({"devices": DEVICES, "local_actions": {"siren": kept}})
    (problem,) = problems(found)
    assert problem.place == place
    assert said in problem.message


def test_names_and_numbers_are_bounded() -> None:
    tables = {f"siren-{number}": SIREN for number in range(33)}
    found = read_sections({"devices": DEVICES, "local_actions": {**tables, "S" * 40: SIREN}})
    assert [one.table for one in problems(found)] == ["local_actions", f"local_actions.{'S' * 40}"]


def test_two_that_undo_each_other_are_warned_of() -> None:
    found = read_sections({"devices": DEVICES, "local_actions": {"a": SIREN, "b": SIREN}})
    assert [one.place for one in local_action_warnings(found)] == [
        "local_actions.a.device",
        "local_actions.b.device",
    ]


def test_a_group_means_all_its_rules() -> None:
    rules = PROFILES["honeywell_sensepoint_xcd"].rules
    (group,) = {one.group for one in rules if one.group}
    assert group is not None
    assert len(meant(rules, group)) > 1
    assert [one.id for one in meant(rules, "gas_low")] == ["gas_low"]
