"""A name that stands for nothing is answered with the nearest, or with all."""

from edge_agent.config.nearest import not_there


def test_the_nearest_name() -> None:
    assert not_there("shad", ["shed", "hall"], "line") == (
        "is 'shad', and there is no such line; did you mean 'shed'?"
    )


def test_or_all_there_are() -> None:
    assert not_there("x", ["shed", "hall"], "line").endswith("there is: hall, shed")
    assert not_there("x", [], "line").endswith("there is: none")


def test_of_very_many_none_is_compared() -> None:
    said = not_there("d1x", [f"d{number}" for number in range(1_000)], "line")
    assert "did you mean" not in said
    assert len(said) < 2_000
