"""The schema takes every shipped profile and refuses what the reader refuses."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it ships no types
import pytest

from device_profiles.load import SHIPPED
from device_profiles.profile_schema import profile_schema, schema_text

DOCS = Path(__file__).parents[3] / "docs"
KEPT = DOCS / "schema" / "device-profile.schema.json"
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


GUIDE = (DOCS / "profile-format.md").read_text(encoding="utf-8")
SNIPPETS = re.findall(r"^```toml\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda text: text.splitlines()[0])
def test_what_the_guide_shows_is_taken(snippet: str) -> None:
    found = list(VALIDATOR.iter_errors(tomllib.loads(snippet)))
    whole = [error for error in found if error.validator == "required" and not error.path]
    assert [error.message for error in found if error not in whole] == []


def test_the_guide_names_every_kind_of_rule_and_layout() -> None:
    parts = profile_schema()["$defs"]
    kinds = [
        kind
        for part in parts.values()
        for kind in part.get("properties", {}).get("kind", {}).get("enum", ())
    ]
    assert len(kinds) > 10
    assert [kind for kind in kinds if f"`{kind}`" not in GUIDE and f'"{kind}"' not in GUIDE] == []
