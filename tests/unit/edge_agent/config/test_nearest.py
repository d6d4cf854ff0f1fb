"""A name that stands for nothing is answered with the nearest, or with all."""

from edge_agent.config.nearest import not_there


def test_the_nearest_name() -> None:
    assert not_there("shad", ["shed", "hall"], "line") == (
        "is 'shad', and there is no such line; did you mean 'shed'?"
    )


def test_or_all_there_are() -> None:
    assert not_there("x", ["shed", "hall"], "line").endswith("there is: hall, shed")
    assert not_there("x", [], "line").endswith("there is: none")
