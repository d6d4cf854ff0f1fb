"""The JSON Schema of server.toml: right files pass it, and what `check` refuses it refuses."""

import json
import tomllib
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]  # it ships no types
import pytest

from ingest_server.__main__ import main
from ingest_server.config_schema import server_schema
from tests.server_toml import GOOD

EXAMPLE = Path(__file__).parents[3] / "examples" / "server.toml"


def test_the_good_and_the_example_pass() -> None:
    validator = jsonschema.Draft202012Validator(server_schema())
    validator.check_schema(server_schema())
    for text in (GOOD, EXAMPLE.read_text(encoding="utf-8"), ""):
        assert list(validator.iter_errors(tomllib.loads(text))) == []


@pytest.mark.parametrize(
    ("instead_of", "stands"),
    [
        ("port = 1883", "prot = 1883"),
        ("[alarms]", "[alarm]"),
        ('"30d"', '"30 days"'),
        ('"30d"', "30"),
        ('"embedded"', '"influx"'),
        ("classes", "clases"),
        ('"hazard"', '"hazards"'),
        ("address", "adress"),
        ("latitude = 31.2", "latitude = 131.2"),
        ('url = "https://centre.example/hook"', ""),
    ],
)
def test_what_check_refuses_the_schema_refuses(instead_of: str, stands: str) -> None:
    raw = tomllib.loads(GOOD.replace(instead_of, stands, 1))
    assert list(jsonschema.Draft202012Validator(server_schema()).iter_errors(raw))


def test_check_prints_it_without_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--schema"]) == 0
    assert json.loads(capsys.readouterr().out) == server_schema()
