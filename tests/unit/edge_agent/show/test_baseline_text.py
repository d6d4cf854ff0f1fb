"""What points are judged against, in a table, and what is not watched for want of it."""

from edge_agent.own_health import BaselineHealth
from edge_agent.show.baseline_text import baseline_problems, baseline_text, value_text
from runtime.language import Language, width

TAKEN = BaselineHealth(
    "cover-1", "tilt", "deg", "taken", (0.0, 0.0, 9.8), "Li Lei", "2026-11-21T14:03:00+00:00"
)
VOID = BaselineHealth("cover-2", "tilt", "deg", "other_device", None, "Li Lei", "", "", "exchanged")
GAUGE = BaselineHealth("gauge-1", "distance", "m", "configured", (2.5,))
BARE = BaselineHealth("gauge-2", "distance", "m", "absent")
ALL = (TAKEN, VOID, GAUGE, BARE)


def test_each_point_has_a_line() -> None:
    _, heading, *rows = baseline_text(ALL, Language.EN)
    assert heading.split() == [
        "device",
        "point",
        "baseline",
        "standing",
        "taken",
        "by",
        "at",
        "note",
    ]
    text = "\n".join(rows)
    for said in ("(0.000, 0.000, 9.800)", "2.5 m", "VOID", "MISSING", "clock unset", "exchanged"):
        assert said in text
    assert all(width(row) <= 100 for row in rows)
    assert baseline_text((), Language.EN) == []


def test_what_is_not_watched_is_a_problem() -> None:
    for language, words in ((Language.EN, "not watched"), (Language.ZH, "无人值守")):
        void, bare = baseline_problems(ALL, language)
        assert "cover-2" in void
        assert "gauge-2" in bare
        assert words in void
        assert words in bare


def test_a_number_has_its_unit_and_a_direction_has_none() -> None:
    assert value_text((2.512345,), "m") == "2.512 m"
    assert value_text(None, "m") == "-"
