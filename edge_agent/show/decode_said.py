"""What a frame says, before it is put into words: one sentence with its details, and its points."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from alarm_rules.rule import Words
from device_profiles.encoding import Encoding, Table
from device_profiles.handbook import Remark
from device_profiles.model import Point, Profile, Setting
from edge_agent.driver.alone import Alone, Unknown
from edge_agent.driver.raw import Number, Raw, raw_of_words
from wire.quality import GOOD, Quality
from wire.reading import Value

OK = "ok"


class Sentence(StrEnum):
    """What kind of frame it is; the details of each stand in its text (decode_words)."""

    READ = "read"
    REPLY = "reply"
    REPLY_TO_NOTHING = "reply_to_nothing"
    WRITE = "write"
    WRITE_COIL = "write_coil"
    WRITE_MANY = "write_many"
    WRITTEN = "written"
    EXCEPTION = "exception"
    REPORT = "report"
    QUERY = "query"
    ACTION = "action"
    SETTING = "setting"
    ANSWER = "answer"
    KNOWN = "known"
    UNKNOWN = "unknown"
    REFUSED = "refused"


class Row(NamedTuple):
    """One point, or one setting. `raw`: its number, or its bytes in hexadecimal."""

    name: str
    title: Words | None
    unit: str | None
    raw: Number | str | None
    value: Value | None
    quality: Quality = GOOD
    label: Remark | None = None
    unknown: tuple[Unknown, ...] = ()


class Said(NamedTuple):
    """`frame`: `ok`, or the named reason why it is refused. `assumed`: the read that it answers."""

    frame: str
    sentence: Sentence
    details: Mapping[str, str | int]
    rows: tuple[Row, ...] = ()
    assumed: Mapping[str, str | int] | None = None
    skipped: bool = False
    """Bytes beside a good frame that are noise: they make nothing worse."""


def row_of(alone: Alone) -> Row:
    point, raw, decoded, unknown = alone
    encoding = point.register or point.field
    return Row(
        point.id,
        point.title,
        point.unit,
        None if raw is None else shown(raw),
        decoded.value,
        decoded.quality,
        None if encoding is None else _label(encoding, decoded.value),
        unknown,
    )


def setting_row(setting: Setting, number: Number) -> Row:
    """What would be set."""
    register = setting.register
    value = round(number * (setting.scale if register is None else register.scale), 10)
    label = setting.choices.get(str(number))
    return Row(setting.id, setting.title, setting.unit, number, float(value), GOOD, label)


def setting_rows(
    profile: Profile, table: Table, address: int, words: Sequence[int]
) -> Iterator[Row]:
    """The settings that lie in these registers as a whole."""
    for setting in profile.settings:
        register = setting.register
        if register is None or register.table is not table:
            continue
        start = register.address - address
        if start >= 0 and start + register.count <= len(words):
            number = raw_of_words(register, words[start:]).number
            if number is not None:
                yield setting_row(setting, number)


def shown(raw: Raw) -> Number | str:
    """The number, or the bytes where there is none."""
    return raw.data.hex(" ").upper() if raw.number is None else raw.number


def step_of(action: str, index: int, steps: int) -> str:
    """The action, and which of its steps where it has several."""
    return action if steps == 1 else f"{action} ({index + 1}/{steps})"


def names(points: tuple[Point, ...]) -> str:
    return ", ".join(point.id for point in points)


def _label(encoding: Encoding, value: Value | None) -> str | None:
    """The word of an enumeration, not any text that a device sends."""
    words = {*(encoding.enum or {}).values(), *(encoding.contains or {}).values()}
    return value if isinstance(value, str) and value in words else None
