"""The demo's account in words: what happened, when the centre had it, what it cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from simulators.delivery_text import Language


class Source(StrEnum):
    """Who speaks in a line of the account."""

    STAGE = "stage"
    DEVICE = "device"
    CENTRE = "centre"
    DESK = "desk"
    NETWORK = "network"


SOURCES: dict[Language, dict[Source, str]] = {
    "en": {
        Source.STAGE: "demo",
        Source.DEVICE: "device",
        Source.CENTRE: "alarm centre",
        Source.DESK: "desk",
        Source.NETWORK: "network",
    },
    "zh": {
        Source.STAGE: "演示",
        Source.DEVICE: "现场设备",
        Source.CENTRE: "报警中心",
        Source.DESK: "值班员",
        Source.NETWORK: "网络",
    },
}

_MARKS = {
    Source.STAGE: "",
    Source.DEVICE: "\x1b[33m",
    Source.CENTRE: "\x1b[31m",
    Source.DESK: "\x1b[36m",
    Source.NETWORK: "\x1b[35m",
}
_PLAIN = "\x1b[0m"
_WIDE = 0x2E80  # from here on a terminal gives a character two columns
_SOURCE_COLUMNS = 13


@dataclass(frozen=True, slots=True)
class Measured:
    """One alarm of the scene: from the condition at the device to the verified webhook."""

    what: str
    milliseconds: int
    remark: str = ""


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One lane of a gateway, as the server accounts for it; readings."""

    gateway: str
    lane: str
    taken: int
    stored: int
    buffered: int
    dropped: int
    lost: int


def line(seconds: float, source: Source, text: str, language: Language, *, colour: bool) -> str:
    """`+12.3 s  device        text`, aligned also in Chinese."""
    name = _pad(SOURCES[language][source], _SOURCE_COLUMNS)
    if colour and _MARKS[source]:
        name = f"{_MARKS[source]}{name}{_PLAIN}"
    return f"{seconds:+7.1f} s  {name} {text}"


WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "alarms": "Alarms: condition at the device → verified webhook at the alarm centre",
        "ledger": "Ledger: every reading that a gateway took, and where it is now",
        "gateway": "gateway",
        "lane": "lane",
        "taken": "taken",
        "stored": "stored",
        "buffered": "buffered",
        "dropped": "dropped",
        "lost": "lost",
        "verdict_good": "Lost: 0. Wrong values: 0. Complaints of the alarm centre: 0.",
        "verdict_bad": "The scene did not end as it should:",
    },
    "zh": {
        "alarms": "报警：现场发生 → 报警中心收到并验签",
        "ledger": "账目：网关采集的每一条读数现在何处",
        "gateway": "网关",
        "lane": "通道",
        "taken": "采集",
        "stored": "已入库",
        "buffered": "缓存中",
        "dropped": "丢弃",
        "lost": "丢失",
        "verdict_good": "丢失：0。错误值：0。报警中心投诉：0。",
        "verdict_bad": "演示未按预期结束：",
    },
}


def summary(
    measured: Sequence[Measured],
    ledger: Sequence[LedgerLine],
    complaints: Sequence[str],
    language: Language,
) -> str:
    """The last page: times, ledger, verdict."""
    words = WORDS[language]
    lines = ["", words["alarms"]]
    width = max((columns(one.what) for one in measured), default=0)
    lines += [f"  {_pad(m.what, width)}  {m.milliseconds:>6} ms  {m.remark}" for m in measured]
    lines += ["", words["ledger"], *_ledger(ledger, words), ""]
    if complaints:
        return "\n".join([*lines, words["verdict_bad"], *(f"  - {one}" for one in complaints)])
    return "\n".join([*lines, words["verdict_good"]])


def _ledger(ledger: Sequence[LedgerLine], words: dict[str, str]) -> list[str]:
    head = [words[key] for key in ("gateway", "lane", *_COUNTS)]
    rows = [[one.gateway, one.lane, *(str(getattr(one, key)) for key in _COUNTS)] for one in ledger]
    widths = [max(columns(row[i]) for row in [head, *rows]) for i in range(len(head))]
    return [
        "  " + "  ".join(_pad(cell, width) for cell, width in zip(row, widths, strict=True))
        for row in [head, *rows]
    ]


_COUNTS = ("taken", "stored", "buffered", "dropped", "lost")


def columns(text: str) -> int:
    """How many columns of a terminal the text takes."""
    return sum(2 if ord(character) >= _WIDE else 1 for character in text)


def _pad(text: str, width: int) -> str:
    return text + " " * max(width - columns(text), 0)
