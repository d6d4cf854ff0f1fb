"""JSON Schema of what stands in a TOML file: durations are text there, and nothing is null."""

from typing import Any, Final

from alarm_rules.duration import DURATION, duration_text

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_DURATION: Final = {
    "type": "string",
    "pattern": r"^[0-9]{1,9}(\.[0-9]{1,6})? ?(us|ms|s|min|h|d)$",
    "examples": ["500ms", "1s", "10min"],
}
_NULL: Final = {"type": "null"}


def as_written(node: Any) -> Any:
    """A schema that msgspec made, or a part of it, as one of the file; the node stays as it is."""
    if isinstance(node, list):
        return [as_written(one) for one in node]
    if not isinstance(node, dict):
        return node
    if node.get("format") == DURATION:
        return _duration(node)
    kept = {key: _part(key, value) for key, value in node.items() if not _is_unwritable(key, value)}
    pattern = kept.get("pattern")
    if isinstance(pattern, str):  # Python's anchors; JSON Schema has those of ECMA 262
        kept["pattern"] = pattern.replace(r"\A", "^").replace(r"\Z", "$")
    options = kept.get("anyOf", [])
    if _NULL in options:
        return _without_null(kept, [one for one in options if one != _NULL])
    return kept


def _part(key: str, value: Any) -> Any:
    """Below `properties` and `$defs` keys are names: a key `default` is no default there."""
    if key in {"properties", "$defs"}:
        return {name: as_written(one) for name, one in value.items()}
    return as_written(value)


def _duration(node: dict[str, Any]) -> dict[str, Any]:
    default = node.get("default")
    told = {} if default is None else {"default": duration_text(default)}
    return {**_DURATION, **told}


def _is_unwritable(key: str, value: Any) -> bool:
    """A default that TOML can not say, or that has durations in microseconds inside."""
    return key == "default" and (value is None or isinstance(value, dict))


def _without_null(node: dict[str, Any], options: list[Any]) -> dict[str, Any]:
    """What may be missing is left out of a file: null is no word of TOML."""
    rest = {key: value for key, value in node.items() if key != "anyOf"}
    return {**options[0], **rest} if len(options) == 1 else {"anyOf": options, **rest}
