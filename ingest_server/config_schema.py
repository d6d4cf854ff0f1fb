"""The JSON Schema of server.toml, for editors that complete and check while one writes."""

from typing import Any

import msgspec

from alarm_rules.duration import DURATION
from alarm_rules.rule import AlarmClass, Severity
from ingest_server.config_file import PlaceTable, ReceiverTable, ServerFile

_DURATION = {
    "type": "string",
    "pattern": r"^[0-9]{1,9}(\.[0-9]{1,6})? ?(us|ms|s|min|h|d)$",
    "examples": ["500ms", "30s", "10min"],
}
_WORDS: dict[str, type[AlarmClass | Severity]] = {"classes": AlarmClass, "severities": Severity}


def server_schema() -> dict[str, Any]:
    """Draft 2020-12. Durations are text, as they are written in TOML; other keys are errors."""
    tables = (ServerFile, ReceiverTable, PlaceTable)
    (whole, *_), parts = msgspec.json.schema_components(tables)
    schema: dict[str, Any] = _written({**whole, "$defs": parts})
    defined = schema["$defs"]
    for name, table in (("receivers", "ReceiverTable"), ("places", "PlaceTable")):
        of_one = {"$ref": f"#/$defs/{table}"}
        defined["ServerFile"]["properties"][name]["additionalProperties"] = of_one
    for key, words in _WORDS.items():
        known = {"enum": [word.value for word in words]}
        defined["ReceiverTable"]["properties"][key]["items"] = known
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "server.toml of Lifeline's ingestion server",
        **schema,
    }


def _written(node: Any) -> Any:
    """What stands in the file: durations as text, tables closed, no defaults in microseconds."""
    if isinstance(node, list):
        return [_written(one) for one in node]
    if not isinstance(node, dict):
        return node
    if node.get("format") == DURATION:
        return _DURATION
    kept = {key: _written(value) for key, value in node.items() if key != "default"}
    if "properties" in kept and kept.get("type") == "object":
        kept["additionalProperties"] = False
    return kept
