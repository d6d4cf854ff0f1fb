"""The schema takes every shipped profile and refuses what the reader refuses."""

import json
import tomllib
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it ships no types
import pytest

from device_profiles.load import SHIPPED
from device_profiles.profile_schema import profile_schema, schema_text

KEPT = Path(__file__).parents[3] / "docs" / "schema" / "device-profile.schema.json"
FILES = sorted(SHIPPED.rglob("*.toml"))
VALIDATOR = jsonschema.Draft202012Validator(profile_schema())
UG3 = (SHIPPED / "smoke" / "calectro_ug3.toml").read_text(encoding="utf-8")


def complaints(raw: dict[str, Any]) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(raw)]


def test_it_is_a_schema_and_the_kept_one_is_this() -> None:
    VALIDATOR.check_schema(profile_schema())
    kept = KEPT.read_text(encoding="utf-8")
    assert kept == schema_text(), f"run: device-profiles schema > docs/schema/{KEPT.name}"
    assert json.loads(kept)["title"] == "A device profile of Lifeline"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_it_takes_every_shipped_profile(file: Path) -> None:
    assert complaints(tomllib.loads(file.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("schema = 2", "schema = 1"),
        ('kind = "modbus"', 'kind = "modbs"'),
        ('poll_period = "1s"', "poll_period = 1"),
        ('poll_period = "1s"', 'poll_perod = "1s"'),
        ('severity = "critical"', 'severity = "critcal"'),
        ("address = 2,", "address = 70000,"),
        ('id = "smoke"', 'id = "Smoke"'),
        ('kind = "state"', 'kind = "unset"'),
    ],
)
def test_it_refuses_what_check_refuses(right: str, wrong: str) -> None:
    assert right in UG3
    assert complaints(tomllib.loads(UG3.replace(right, wrong, 1)))


def test_every_key_is_explained() -> None:
    parts = profile_schema()["$defs"]
    silent = [
        f"{name}.{key}"
        for name, part in parts.items()
        for key, value in part.get("properties", {}).items()
        if "description" not in value
    ]
    assert silent == []
