"""The JSON Schema of server.toml, for editors that complete and check while one writes."""

from typing import Any

import msgspec

from alarm_rules.rule import AlarmClass, Severity
from device_profiles.toml_schema import DIALECT, as_written
from ingest_server.config_file import PlaceTable, ReceiverTable, ServerFile

_WORDS: dict[str, type[AlarmClass | Severity]] = {"classes": AlarmClass, "severities": Severity}


def server_schema() -> dict[str, Any]:
    """Draft 2020-12. Durations are text, as they are written in TOML; other keys are errors."""
    tables = (ServerFile, ReceiverTable, PlaceTable)
    (whole, *_), parts = msgspec.json.schema_components(tables)
    schema: dict[str, Any] = _closed(as_written({**whole, "$defs": parts}))
    defined = schema["$defs"]
    for name, table in (("receivers", "ReceiverTable"), ("places", "PlaceTable")):
        of_one = {"$ref": f"#/$defs/{table}"}
        defined["ServerFile"]["properties"][name]["additionalProperties"] = of_one
    for key, words in _WORDS.items():
        known = {"enum": [word.value for word in words]}
        defined["ReceiverTable"]["properties"][key]["items"] = known
    return {
        "$schema": DIALECT,
        "title": "server.toml of Lifeline's ingestion server",
        **schema,
    }


def _closed(node: Any) -> Any:
    """Tables that take no other keys, without defaults: those of a duration are microseconds."""
    if isinstance(node, list):
        return [_closed(one) for one in node]
    if not isinstance(node, dict):
        return node
    kept = {key: _closed(value) for key, value in node.items() if key != "default"}
    if "properties" in kept and kept.get("type") == "object":
        kept["additionalProperties"] = False
    return kept
