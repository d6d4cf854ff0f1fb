"""The JSON Schema of agent.toml, for editors that complete and check while one writes."""

from typing import Any

import msgspec

from alarm_rules.duration import DURATION
from edge_agent.config.tables import AgentFile

_DURATION = {
    "type": "string",
    "pattern": r"^[0-9]{1,9}(\.[0-9]{1,6})? ?(us|ms|s|min|h|d)$",
    "examples": ["500ms", "1s", "10min"],
}


def agent_schema() -> dict[str, Any]:
    """Draft 2020-12; durations and sizes are text, as they are written in TOML."""
    schema = msgspec.json.schema(AgentFile)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "agent.toml of Lifeline's edge agent",
        **_written(schema),
    }


def _written(node: Any) -> Any:
    """The schema of what stands in the file: numbers of microseconds become durations."""
    if isinstance(node, list):
        return [_written(one) for one in node]
    if not isinstance(node, dict):
        return node
    if node.get("format") == DURATION:
        return _DURATION
    kept = {key: _written(value) for key, value in node.items()}
    pattern = kept.get("pattern")
    if isinstance(pattern, str):  # Python's anchors; JSON Schema has those of ECMA 262
        kept["pattern"] = pattern.replace(r"\A", "^").replace(r"\Z", "$")
    return kept
