"""The JSON Schema of a profile, for editors that complete, explain and check while one writes."""

import json
from typing import Any, Final

import msgspec

from device_profiles.key_texts import key_texts
from device_profiles.model import SCHEMA, Profile
from device_profiles.toml_schema import DIALECT, as_written

_NOT_WRITTEN: Final = "UnsetRule"  # `in_force` adds it by itself


def profile_schema() -> dict[str, Any]:
    """Draft 2020-12. Other keys are errors; each key says in English what it means."""
    schema: dict[str, Any] = as_written(msgspec.json.schema(Profile))
    parts = schema["$defs"]
    del parts[_NOT_WRITTEN]
    _forget(schema, f"#/$defs/{_NOT_WRITTEN}")
    parts["Profile"]["properties"]["schema"] = {"const": SCHEMA}
    for name, texts in key_texts().items():
        parts[name]["description"] = texts.about.en
        for key, words in texts.keys.items():
            parts[name]["properties"][key]["description"] = words.en
    return {
        "$schema": DIALECT,
        "title": "A device profile of Lifeline",
        **schema,
    }


def schema_text() -> str:
    """As `device-profiles schema` prints it and docs/schema/ keeps it."""
    return json.dumps(profile_schema(), ensure_ascii=False, indent=2) + "\n"


def _forget(node: Any, reference: str) -> None:
    """Take a choice out wherever it is offered."""
    if isinstance(node, list):
        for one in node:
            _forget(one, reference)
    if not isinstance(node, dict):
        return
    node.pop("discriminator", None)  # a word of OpenAPI, which JSON Schema does not know
    if "anyOf" in node:
        node["anyOf"] = [one for one in node["anyOf"] if one.get("$ref") != reference]
    for one in node.values():
        _forget(one, reference)
