import pytest

from device_profiles.check_text import before_reading


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ({}, "schema: is missing: write schema = 2"),
        (
            {"schema": 1, "kind": "FILL IN"},
            (
                'schema: is 1, this program reads 2: write schema = 2, and in place of an "r60" '
                'transport a "stream" with its layout (docs/profile-format.md, Versions)'
            ),
        ),
        (
            {"schema": 3},
            (
                "schema: is 3, this program reads 2: this file is of a newer Lifeline: "
                "update the program"
            ),
        ),
        ({"schema": "2"}, "schema: is '2', this program reads 2: write a number"),
    ],
)
def test_another_schema_is_told_alone(raw: dict[str, object], told: str) -> None:
    assert [str(problem) for problem in before_reading(raw)] == [told]


def test_every_place_that_is_still_to_be_filled_is_told() -> None:
    raw = {
        "schema": 2,
        "maker": "FILL IN: who makes it",
        "model": "UG-3",
        "points": [{"id": "a"}, {"title": {"en": "FILL IN", "zh": "烟雾"}}],
    }
    assert [str(problem) for problem in before_reading(raw)] == [
        "maker: is still to be filled in: who makes it",
        "points[1].title.en: is empty",
    ]
