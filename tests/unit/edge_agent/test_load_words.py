"""What is said of a full line, in both languages."""

import pytest

from edge_agent.health import LineLoad, Remedy
from edge_agent.load_words import load_text
from runtime.language import Language

REMEDY = Remedy(("a", "b", "c", "d"), 19_200, 0.7, ("a",), 1_500_000)


LATE = (
    "line 2 is 134% loaded: smoke every 1s can not be met (hazard points alone: 120%); "
    "move a, b, c and 1 more to another line, raise the baud to 19200 (70%) "
    "or poll a every 1500ms"
)
FULL = (
    "line 2 is 90% loaded: single damaged replies already make polls late; move a to another line"
)
STRETCHED = (
    "line 2 is 150% loaded: hazard points (50%) keep their period, the others come 2.0 times "
    "later than asked for; no single step helps: move most devices to other lines"
)


@pytest.mark.parametrize(
    ("load", "english"),
    [
        (
            LineLoad("2", 1.34, 1.2, is_full=True, late=("smoke",), late_us=10**6, remedy=REMEDY),
            LATE,
        ),
        (LineLoad("2", 0.9, 0.5, is_full=True, remedy=Remedy(("a",))), FULL),
        (LineLoad("2", 1.5, 0.5, is_full=True, stretch=2.0), STRETCHED),
    ],
)
def test_a_full_line_is_said_with_what_helps(load: LineLoad, english: str) -> None:
    assert load_text(load) == english
    assert "线路 2 负载" in load_text(load, Language.ZH)


def test_without_hazard_points_nothing_is_said_of_them() -> None:
    assert "hazard" not in load_text(LineLoad("2", 1.5, 0.0, is_full=True, stretch=1.5))
