"""The schema takes a duration as one writes it, and nothing that the reader would refuse."""

from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it ships no types
import msgspec
import pytest

from alarm_rules.duration import Duration, parse_duration
from device_profiles.toml_schema import as_written


class Inner(msgspec.Struct, frozen=True):
    """A table within."""

    wait: Duration = 5


class Table(msgspec.Struct):
    """Durations in each place where a table may have one."""

    wait: Duration
    rest: Duration | None = None
    steps: list[Duration] = []
    word: str = ""
    later: Duration = 60_000_000
    inner: Inner = Inner()
    default: Inner = Inner()
    pattern: str | None = None


SCHEMA = msgspec.json.schema(Table)


def takes(table: dict[str, Any]) -> bool:
    return not list(jsonschema.Draft202012Validator(as_written(SCHEMA)).iter_errors(table))


@pytest.mark.parametrize("text", ["500ms", "1s", "1.5 min", "2h", "1d", "0us", "123456789us"])
def test_what_the_reader_takes(text: str) -> None:
    assert parse_duration(text) >= 0
    assert takes({"wait": text})
    assert takes({"wait": text, "rest": text, "steps": [text, text]})


@pytest.mark.parametrize("text", ["", "soon", "5", "-1s", "1 hour", "1s ", "1.1234567s"])
def test_what_the_reader_refuses(text: str) -> None:
    with pytest.raises(ValueError, match="duration"):
        parse_duration(text)
    assert not takes({"wait": text})
    assert not takes({"wait": "1s", "rest": text})
    assert not takes({"wait": "1s", "steps": [text]})


def test_microseconds_do_not_stand_in_a_file() -> None:
    assert not takes({"wait": 500_000})


def test_anchors_are_those_of_json_schema_and_nothing_is_null() -> None:
    text = {"type": "string", "pattern": r"\A[a-z]+\Z"}
    null = {"type": "null"}
    plain = {"type": "string", "pattern": "^[a-z]+$"}
    assert as_written({"anyOf": [text, null], "default": None}) == plain
    number = {"type": "number"}
    assert as_written({"anyOf": [text, number, null]}) == {"anyOf": [plain, number]}


def test_defaults_are_those_that_one_would_write() -> None:
    properties = as_written(SCHEMA)["$defs"]["Table"]["properties"]
    assert properties["later"]["default"] == "1min"
    assert "default" not in properties["rest"]
    assert "default" not in properties["inner"]
    assert {"default", "pattern"} <= properties.keys()


def test_the_schema_given_stays_as_it_is() -> None:
    before = msgspec.json.schema(Table)
    as_written(SCHEMA)
    assert before == SCHEMA
