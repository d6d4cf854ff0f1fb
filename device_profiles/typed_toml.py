"""A TOML table as a msgspec Struct, with all errors at once: table, key and what would be right."""

import re
import types
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Annotated, Any, TypeGuard, TypeVar, Union, get_args, get_origin

import msgspec

from alarm_rules.duration import DURATION, parse_duration
from device_profiles.toml_words import wrong_value
from runtime.likeness import nearest

S = TypeVar("S", bound=msgspec.Struct)
_AT_INDEX = re.compile(r" - at `\$\[(\d+)\]`\Z")
_WRONG = object()  # stands for a value that was reported, so that the others are still read


class Problem(msgspec.Struct, frozen=True):
    """One error. `table`: dotted path (`points[2]`), empty at the top; `key`: may be empty."""

    table: str
    key: str
    message: str

    @property
    def place(self) -> str:
        """Table and key as one dotted path."""
        return ".".join(part for part in (self.table, self.key) if part)

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


def read_table(raw: Mapping[str, Any], to: type[S]) -> S | tuple[Problem, ...]:
    """Convert a parsed TOML table; on any error give every problem instead of the Struct.

    Fields of type `Duration` are written as text ("500ms"); unknown keys are errors.
    """
    reader = _Reader()
    value = reader.struct(raw, to, "")
    return tuple(reader.problems) if reader.problems else value


@cache
def _fields(to: type[msgspec.Struct]) -> dict[str, msgspec.structs.FieldInfo]:
    """By the name in the file; to find them takes longer than to read a table."""
    return {field.encode_name: field for field in msgspec.structs.fields(to)}


class _Reader:
    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def struct(self, raw: Mapping[str, Any], to: type[S], path: str) -> S:
        fields = _fields(to)
        tag_field = to.__struct_config__.tag_field
        for key in raw:
            if key not in fields and key != tag_field:
                self._report(path, key, _unknown(key, [*fields]))
        values = {}
        for name, field in fields.items():
            if name in raw:
                values[field.name] = self._value(raw[name], field.type, path, name)
            elif field.required:
                self._report(path, name, "is missing")
        return self._build(to, values, path)

    def _build(self, to: type[S], values: dict[str, Any], path: str) -> S:
        if self.problems:
            return _WRONG  # type: ignore[return-value]  # never given out: problems win
        try:
            return to(**values)
        except ValueError as error:
            self._report(path, "", str(error))
            return _WRONG  # type: ignore[return-value]  # never given out: problems win

    def _value(self, raw: Any, to: Any, path: str, key: str) -> Any:
        options = [option for option in _options(to) if option is not type(None)]
        structs = [option for option in options if _is_struct(option)]
        if structs and (isinstance(raw, Mapping) or structs == options):
            return self._one_struct(raw, structs, path, key)
        options = [option for option in options if option not in structs]
        item = _item_type(options[0])
        if item is not None and any(map(_is_struct, _options(item))):
            return self._items(raw, item, path, key)
        return self._leaf(raw, options[0] if len(options) == 1 else to, path, key)

    def _one_struct(self, raw: Any, options: Sequence[Any], path: str, key: str) -> Any:
        place = f"{path}.{key}" if path else key
        if not isinstance(raw, Mapping):
            return self._report(path, key, f"is {_kind(raw)}, should be a table")
        chosen = options[0] if len(options) == 1 else self._by_tag(raw, options, place)
        return _WRONG if chosen is None else self.struct(raw, chosen, place)

    def _by_tag(self, raw: Mapping[str, Any], options: Sequence[Any], place: str) -> Any:
        config = options[0].__struct_config__
        tags = {option.__struct_config__.tag: option for option in options}
        tag = raw.get(config.tag_field)
        if not isinstance(tag, str) or tag not in tags:  # a table or an array is no key either
            return self._untagged(place, config.tag_field, _not_one_of(tag, [*tags]))
        return tags[tag]

    def _untagged(self, place: str, key: str, message: str) -> None:
        self._report(place, key, message)

    def _items(self, raw: Any, item: Any, path: str, key: str) -> Any:
        if not isinstance(raw, list):
            return self._report(path, key, f"is {_kind(raw)}, should be an array of tables")
        return tuple(
            self._value(one, item, path, f"{key}[{index}]") for index, one in enumerate(raw)
        )

    def _leaf(self, raw: Any, to: Any, path: str, key: str) -> Any:
        try:
            if _is_duration(to):
                raw = parse_duration(raw if isinstance(raw, str) else f"{raw}")
            return msgspec.convert(raw, to)
        except msgspec.ValidationError as error:
            return self._report(*_wrong_leaf(raw, to, str(error), path, key))
        except ValueError as error:
            return self._report(path, key, str(error))

    def _report(self, path: str, key: str, message: str) -> Any:
        self.problems.append(Problem(path, key, message))
        return _WRONG


def _options(to: Any) -> tuple[Any, ...]:
    """The members of a union, or the type itself."""
    return get_args(to) if get_origin(to) in (types.UnionType, Union) else (to,)


def _item_type(to: Any) -> Any:
    """X of `tuple[X, ...]`, also annotated; None for anything else."""
    bare = get_args(to)[0] if get_origin(to) is Annotated else to
    return get_args(bare)[0] if get_origin(bare) is tuple else None


def _is_struct(to: Any) -> TypeGuard[type[msgspec.Struct]]:
    return isinstance(to, type) and issubclass(to, msgspec.Struct)


def _is_duration(to: Any) -> bool:
    if get_origin(to) is not Annotated:
        return False
    metas = (meta for meta in to.__metadata__ if isinstance(meta, msgspec.Meta))
    return any((meta.extra or {}).get("written_as") == DURATION for meta in metas)


def _unknown(key: str, known: Sequence[str]) -> str:
    near = nearest(key, known)
    remedy = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"
    return f"is not a known key; {remedy}"


def _not_one_of(value: Any, known: Sequence[str]) -> str:
    if value is None:
        return f"is missing; one of {', '.join(known)}"
    near = nearest(str(value), known)
    remedy = f"; did you mean {near[0]!r}?" if near else ""
    return f"is {value!r}, should be one of {', '.join(known)}{remedy}"


def _wrong_leaf(raw: Any, to: Any, error: str, path: str, key: str) -> tuple[str, str, str]:
    """Table, key and message; of a list, the one value that is wrong."""
    members = getattr(to, "__members__", None)
    if members is not None:
        return path, key, _not_one_of(raw, [str(member.value) for member in members.values()])
    found = _AT_INDEX.search(error)
    if found is not None and isinstance(raw, list):
        index = int(found[1])
        return path, f"{key}[{index}]", wrong_value(raw[index], to, error[: found.start()])
    return path, key, wrong_value(raw, to, error)


def _kind(raw: Any) -> str:
    words = {dict: "a table", list: "an array", str: "text", bool: "true or false"}
    return words.get(type(raw), f"{raw!r}")
