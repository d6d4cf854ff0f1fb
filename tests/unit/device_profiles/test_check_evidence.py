import pytest
from msgspec.structs import replace

from device_profiles.check_evidence import check_evidence
from device_profiles.model import Grade
from tests.shipped import PROFILES

UG3 = PROFILES["calectro_ug3"]


def told(**changes: object) -> list[str]:
    profile = replace(UG3, evidence=replace(UG3.evidence, **changes))
    return [str(problem) for problem in check_evidence(profile)]


def test_what_is_founded_passes() -> None:
    assert told() == []
    assert told(caveats=("For ducts.",), verify_on_hardware=()) == []


def test_memory_alone_is_not_shipped() -> None:
    assert told(grade=Grade.C) == [
        "evidence.grade: is C: what is only remembered is not shipped; find the maker's document"
    ]


@pytest.mark.parametrize("doubt", ["assumed", "not stated", "from memory", "Unverified"])
def test_a_doubt_is_to_be_tried_out(doubt: str) -> None:
    caveats = ("For ducts.", f"Its parity is {doubt}.")
    (problem,) = told(caveats=caveats, verify_on_hardware=())
    assert problem.startswith("evidence.verify_on_hardware: is missing: caveats[1] says '")
    assert told(caveats=caveats, verify_on_hardware=("parity",)) == []
