import msgspec
import pytest

from alarm_rules.duration import Duration
from device_profiles.typed_toml import Problem, read_table


class Inner(msgspec.Struct):
    size: int = 1


class Left(msgspec.Struct, tag_field="kind", tag="left"):
    left: int


class Right(msgspec.Struct, tag_field="kind", tag="right"):
    right: str


class Whole(msgspec.Struct):
    name: str
    wait: Duration = 0
    maybe: Duration | None = None
    inner: Inner | None = None
    sides: tuple[Left | Right, ...] = ()
    words: tuple[str, ...] = ()
    remarks: tuple[Inner | str, ...] = ()

    def __post_init__(self) -> None:
        if self.name == "nobody":
            raise ValueError("nobody is not a name")


def problems(raw: dict[str, object]) -> list[str]:
    read = read_table(raw, Whole)
    assert isinstance(read, tuple)
    return [str(problem) for problem in read]


def test_a_table_becomes_the_struct() -> None:
    raw = {
        "name": "a",
        "wait": "500ms",
        "maybe": "1s",
        "inner": {"size": 2},
        "sides": [{"kind": "left", "left": 1}, {"kind": "right", "right": "r"}],
        "words": ["x"],
        "remarks": ["plain", {"size": 3}],
    }
    assert read_table(raw, Whole) == Whole(
        "a", 500_000, 1_000_000, Inner(2), (Left(1), Right("r")), ("x",), ("plain", Inner(3))
    )


def test_a_problem_reads_as_path_and_message() -> None:
    assert str(Problem("points[2]", "id", "is missing")) == "points[2].id: is missing"
    assert str(Problem("", "", "is not TOML")) == "is not TOML"


def test_every_problem_is_told_with_its_path() -> None:
    found = problems(
        {
            "nam": "a",
            "wait": 5,
            "inner": {"size": "x"},
            "sides": [{"kind": "up"}, {"kind": "left"}, 3],
            "words": "x",
            "remarks": [{"sze": 3}, 4],
        }
    )
    assert found == [
        "nam: is not a known key; did you mean 'name'?",
        "name: is missing",
        "wait: '5' is not a duration: write 500ms, 1s, 10min, 2h or 1d",
        "inner.size: is 'x': expected `int`, got `str`; write a number",
        "sides[0].kind: is 'up', should be one of left, right",
        "sides[1].left: is missing",
        "sides[2]: is 3, should be a table",
        "words: is 'x': expected `array`, got `str`; write it in [ ]",
        "remarks[0].sze: is not a known key; did you mean 'size'?",
        "remarks[1]: is 4: expected `str`, got `int`; write it in quotes",
    ]


def test_a_table_where_none_belongs_and_none_where_one_belongs() -> None:
    assert problems({"name": "a", "inner": 3, "sides": "left"}) == [
        "inner: is 3, should be a table",
        "sides: is text, should be an array of tables",
    ]


def test_what_the_struct_itself_refuses_is_told() -> None:
    assert problems({"name": "nobody"}) == ["nobody is not a name"]


def test_a_missing_tag_names_the_kinds() -> None:
    assert problems({"name": "a", "sides": [{}]}) == [
        "sides[0].kind: is missing; one of left, right"
    ]


@pytest.mark.parametrize("tag", [{"a": 1}, [1], 3, True])
def test_a_tag_that_is_no_text_is_told_too(tag: object) -> None:
    (found,) = problems({"name": "a", "sides": [{"kind": tag}]})
    assert found == f"sides[0].kind: is {tag!r}, should be one of left, right"


def test_of_a_list_the_one_wrong_value_is_named() -> None:
    (found,) = problems({"name": "a", "words": ["x", 4]})
    assert found == "words[1]: is 4: expected `str`, got `int`; write it in quotes"
