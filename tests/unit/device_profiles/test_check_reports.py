"""A report that no gateway would keep to, or that hides what a rule waits for, is refused."""

import pytest
from msgspec.structs import replace

from device_profiles.check_reports import check_reports
from device_profiles.model import Profile, Report
from tests.gauge_profile import gauge_profile
from tests.shipped import PROFILES

S = 1_000_000


def told(profile: Profile, point: str, report: Report) -> list[str]:
    points = tuple(
        replace(one, report=report) if one.id == point else one for one in profile.points
    )
    return [str(problem) for problem in check_reports(replace(profile, points=points))]


def test_all_that_is_shipped_is_sound() -> None:
    assert [problem for one in PROFILES.values() for problem in check_reports(one)] == []


@pytest.mark.parametrize(
    ("report", "message"),
    [
        (Report(min_interval=S), "min_interval: is of no use, a hazard needs it: leave it"),
        (Report(relative=0.1), "relative: is of no use, a rate is judged: write a deadband"),
        (Report(deadband=0.01), "deadband: 0.01 is too wide for the rate that is judged: at most"),
        (Report(deadband=0.15), "is as wide as the limit of rule 'flood_notice'"),
    ],
)
def test_a_hazard_and_its_rise_bound_a_report(report: Report, message: str) -> None:
    assert any(message in one for one in told(gauge_profile(), "level", report))
    assert told(gauge_profile(), "level", Report(deadband=0.005)) == []


def test_a_state_that_a_rule_judges_is_told_at_each_change() -> None:
    detector = PROFILES["calectro_ug3"]
    said = told(detector, "service", Report(min_interval=S))
    assert said == [
        "points[1].report.min_interval: is of no use, a rule judges each change: leave it"
    ]
