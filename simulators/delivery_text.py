"""One readable line per delivery, in English or Chinese."""

from datetime import UTC, datetime
from typing import Any, Final, Literal

from simulators.delivery_book import Delivery, Violation

Language = Literal["en", "zh"]

TYPES: Final[dict[str, dict[str, str]]] = {
    "en": {
        "alarm.raised": "ALARM",
        "alarm.changed": "changed",
        "alarm.cleared": "cleared",
        "alarm.closed": "closed",
        "heartbeat": "heartbeat",
        "receiver.test": "test",
    },
    "zh": {
        "alarm.raised": "报警",
        "alarm.changed": "变更",
        "alarm.cleared": "恢复",
        "alarm.closed": "关闭",
        "heartbeat": "心跳",
        "receiver.test": "测试",
    },
}
WORDS: Final[dict[str, dict[str, str]]] = {
    "en": {
        "verified": "verified",
        "not": "NOT VERIFIED",
        "again": "again",
        "complaint": "complaint",
        "revision": "revision",
        "answer": "answered",
    },
    "zh": {
        "verified": "已验签",
        "not": "验签失败",
        "again": "重复",
        "complaint": "异常",
        "revision": "版本",
        "answer": "应答",
    },
}
SUBJECT_KEYS: Final = ("gateway", "device", "point", "rule", "severity", "place")


def delivery_line(delivery: Delivery, violations: list[Violation], language: Language) -> str:
    """Return time (UTC), type, what it is about, whether it is verified, and the answer."""
    words = WORDS[language]
    verdict = words["verified"] if delivery.verified else f"{words['not']} ({delivery.verdict})"
    parts = [
        utc_text(delivery.received_utc_us),
        TYPES[language].get(delivery.type, delivery.type or "?"),
        _subject(delivery, words["revision"]),
        verdict,
        words["again"] if delivery.duplicate else "",
        f"{words['answer']} {delivery.answer}",
        *(f"{words['complaint']}: {violation.text}" for violation in violations),
    ]
    return _printable("  ".join(part for part in parts if part))


def silence_line(violation: Violation, language: Language) -> str:
    """Return the line for a complaint that belongs to no delivery."""
    return f"{WORDS[language]['complaint']}: {violation.text}"


def language_of(locale_name: str) -> Language:
    """Return the language of a locale such as `zh_CN.UTF-8`; English unless it is Chinese."""
    return "zh" if locale_name.lower().startswith("zh") else "en"


def utc_text(utc_us: int) -> str:
    """Return an instant in UTC (RFC 3339), to the millisecond."""
    moment = datetime.fromtimestamp(utc_us / 1_000_000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _subject(delivery: Delivery, revision_word: str) -> str:
    if not delivery.alarm_id:
        return ""
    told = [_short(delivery.data[key]) for key in SUBJECT_KEYS if delivery.data.get(key)]
    name = f"{delivery.alarm_id} {revision_word} {delivery.revision}"
    return " ".join([*told, f"[{name}]"])


def _short(value: Any) -> str:
    text = value.get("name") or value.get("address") or "" if isinstance(value, dict) else value
    return str(text)[:60]


def _printable(text: str) -> str:
    """Keep terminals safe: what came over the network may hold control characters."""
    return "".join(letter for letter in text if letter.isprintable())
