"""JSON Schema of what stands in a TOML file: durations are text there, not microseconds."""

from typing import Any, Final

from alarm_rules.duration import DURATION

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_DURATION: Final = {
    "type": "string",
    "pattern": r"^[0-9]{1,9}(\.[0-9]{1,6})? ?(us|ms|s|min|h|d)$",
    "examples": ["500ms", "1s", "10min"],
}


def as_written(node: Any) -> Any:
    """A schema that msgspec made, or a part of it, as one of the file; the node stays as it is."""
    if isinstance(node, list):
        return [as_written(one) for one in node]
    if not isinstance(node, dict):
        return node
    if node.get("format") == DURATION:
        return dict(_DURATION)
    kept = {key: as_written(value) for key, value in node.items()}
    pattern = kept.get("pattern")
    if isinstance(pattern, str):  # Python's anchors; JSON Schema has those of ECMA 262
        kept["pattern"] = pattern.replace(r"\A", "^").replace(r"\Z", "$")
    return kept
