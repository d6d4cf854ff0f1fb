"""The page of every key of a profile: what may stand there, what does without it, what it means."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from device_profiles.handbook import said
from device_profiles.key_texts import Texts, key_texts
from device_profiles.page import code, escaped, row
from device_profiles.profile_schema import profile_schema

_HEADS: Final = {
    "en": ("# Every key of a profile", ("key", "value", "without it", "meaning")),
    "zh": ("# 档案的全部键", ("键", "取值", "不写时", "含义")),
}
_GUIDES: Final = {
    "en": "[How to write a profile](../profile-format.md)",
    "zh": "[编写档案](../profile-format.zh-CN.md)",
}
_WORDS: Final = {
    "en": {
        "required": "required",
        "string": "text",
        "boolean": "true or false",
        "integer": "whole number",
        "number": "number",
        "duration": "duration such as `500ms`, `10min`",
        "many": "array of {what}",
        "table": "table of {what}",
        "or": " or ",
    },
    "zh": {
        "required": "必填",
        "string": "文本",
        "boolean": "真假",
        "integer": "整数",
        "number": "数值",
        "duration": "时长，如 `500ms`、`10min`",
        "many": "{what} 的数组",
        "table": "值为{what}的表",
        "or": " 或 ",
    },
}


def keys_page(lang: str, other: str, made: str) -> str:
    """`other`: link to the page in the other language; `made`: who writes this page."""
    title, heads = _HEADS[lang]
    parts: Mapping[str, Any] = profile_schema()["$defs"]
    lines = [title, "", f"{_GUIDES[lang]} · {other}", "", made, ""]
    for name, texts in key_texts().items():
        lines += [f"## {name}", "", said(texts.about, lang), "", row(heads), row(["---"] * 4)]
        lines += [*_rows(parts, name, texts, lang), ""]
    return "\n".join(lines)


def _rows(parts: Mapping[str, Any], name: str, texts: Texts, lang: str) -> Iterator[str]:
    part = parts[name]
    for key, words in texts.keys.items():
        schema = part["properties"][key]
        is_required = key in part.get("required", ())
        otherwise = _WORDS[lang]["required"] if is_required else _default(schema)
        meaning = said(words, lang).replace("|", r"\|")
        yield row([code(key), _kind(schema, parts, lang), otherwise, meaning])


def _default(schema: Mapping[str, Any]) -> str:
    default = schema.get("default")
    if isinstance(default, bool):
        return code(str(default).lower())
    is_plain = isinstance(default, int | float | str) and default != ""
    return code(f"{default}") if is_plain else ""


def _kind(schema: Mapping[str, Any], parts: Mapping[str, Any], lang: str) -> str:
    words = _WORDS[lang]
    if "anyOf" in schema:
        return words["or"].join(_kind(one, parts, lang) for one in schema["anyOf"])
    if "$ref" in schema:
        return _named(str(schema["$ref"]).rpartition("/")[2], parts, lang)
    if "enum" in schema:
        return ", ".join(code(str(one)) for one in schema["enum"])
    if "const" in schema:
        return code(str(schema["const"]))
    return _plain(schema, parts, lang)


def _named(name: str, parts: Mapping[str, Any], lang: str) -> str:
    """A link to its table on this page; a choice of words is told here."""
    if "enum" in parts[name]:
        return _kind(parts[name], parts, lang)
    return f"[{name}](#{name.lower()})"


def _plain(schema: Mapping[str, Any], parts: Mapping[str, Any], lang: str) -> str:
    words, kind = _WORDS[lang], str(schema.get("type", ""))
    if kind == "array":
        return words["many"].format(what=_kind(schema.get("items", {}), parts, lang))
    if kind == "object":
        return words["table"].format(
            what=_kind(schema.get("additionalProperties", {}), parts, lang)
        )
    if "500ms" in schema.get("examples", ()):
        return words["duration"]
    return escaped(words[kind]) if kind in words else kind
