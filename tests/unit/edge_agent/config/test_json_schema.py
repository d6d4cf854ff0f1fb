"""The schema takes the example and refuses what the loader refuses."""

import tomllib
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it ships no types
import pytest

from edge_agent.config.json_schema import agent_schema

EXAMPLE = Path(__file__).parents[4] / "examples" / "agent.toml"


@pytest.fixture
def example() -> dict[str, Any]:
    return tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))


def test_the_example_is_valid(example: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator.check_schema(agent_schema())
    jsonschema.validate(example, agent_schema())


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("lines", "shed", "settle"), 3),
        (("lines", "shed", "kind"), "usb"),
        (("buffer", "size"), "64 megabytes"),
        (("devices", "smoke-01", "poll_period"), "soon"),
        (("devices", "smoke-01", "units"), 1),
        (("mqtt", "password"), "s3cret"),
    ],
)
def test_what_is_wrong_is_refused(
    example: dict[str, Any], place: tuple[str, ...], value: object
) -> None:
    table = example
    for name in place[:-1]:
        table = table[name]
    table[place[-1]] = value
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(example, agent_schema())
