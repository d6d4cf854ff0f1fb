"""What a person reads of a scenario as it plays, and the verdict; or JSON for a script."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from runtime.language import table
from simulators.delivery_text import TYPES, Language
from simulators.scenario.model import Expectation
from simulators.scenario.verdict import Finding, Outcome, Told

TEXTS: Final[dict[Language, dict[str, str]]] = {
    "en": {
        "title": "{title}: {name}, {speed:g} times as fast, {length:g} s",
        "line": "line {line} ({devices}): {path}",
        "api": "API: {url}/devices",
        "starting": "starting broker ({broker}), server, gateway and alarm centre",
        "waiting": "waiting until every device has been heard",
        "begin": "it begins",
        "end": "all has been played",
        "waits": "waiting for what is still expected",
        "wrong": "not obeyed: {error}",
        "complaint": "complaint of the alarm centre: {text}",
        "good": "Verdict: {met} of {all} expectations met, no false alarm.",
        "bad": "Verdict: {met} of {all} expectations met; {false} false alarms.",
        "none": "nothing",
        "unforeseen": "(nobody expected it)",
        "any": "any",
    },
    "zh": {
        "title": "{title}：{name}，{speed:g} 倍速，{length:g} 秒",
        "line": "线路 {line}（{devices}）：{path}",
        "api": "接口：{url}/devices",
        "starting": "启动消息代理（{broker}）、服务器、网关和报警中心",
        "waiting": "等待所有设备上线",
        "begin": "开始",
        "end": "全部演完",
        "waits": "等待尚未到来的报警",
        "wrong": "未执行：{error}",
        "complaint": "报警中心投诉：{text}",
        "good": "结论：{all} 项预期满足 {met} 项，无误报。",
        "bad": "结论：{all} 项预期满足 {met} 项，误报 {false} 条。",
        "none": "无报警",
        "unforeseen": "（预期之外）",
        "any": "任意",
    },
}
HEADS: Final[dict[Language, tuple[str, ...]]] = {
    "en": ("", "expected", "device", "rule", "window", "came", ""),
    "zh": ("", "预期", "设备", "规则", "时间窗", "到达", ""),
}
OUTCOMES: Final[dict[Language, dict[Outcome, str]]] = {
    "en": {
        Outcome.OPEN: "open",
        Outcome.MET: "met",
        Outcome.EARLY: "EARLY",
        Outcome.LATE: "LATE",
        Outcome.MISSED: "MISSED",
        Outcome.TOO_OFTEN: "TOO OFTEN",
        Outcome.FALSE_ALARM: "FALSE ALARM",
    },
    "zh": {
        Outcome.OPEN: "未定",
        Outcome.MET: "满足",
        Outcome.EARLY: "过早",
        Outcome.LATE: "过晚",
        Outcome.MISSED: "未报",
        Outcome.TOO_OFTEN: "过多",
        Outcome.FALSE_ALARM: "误报",
    },
}
_PLAIN, _GREEN, _RED, _YELLOW, _CYAN = (f"\x1b[{code}m" for code in (0, 32, 31, 33, 36))
_SHOWN: Final = 4


class Account:
    """Makes the lines; `colour` only for a terminal."""

    def __init__(self, language: Language, *, as_json: bool, colour: bool) -> None:
        """Choose how to tell."""
        self._language = language
        self._json = as_json
        self._colour = colour and not as_json

    def note(self, key: str, **fields: object) -> str:
        """Tell something about the play itself."""
        if self._json:
            return _json(event=key, **fields)
        return TEXTS[self._language][key].format(**fields)

    def order(self, at_s: float, device: str, order: str, text: Mapping[Language, str]) -> str:
        """Tell what a device was told, at a time of the scenario."""
        if self._json:
            return _json(event="order", at_s=round(at_s, 3), device=device, order=order)
        said = f"   {text[self._language]}" if text else ""
        return f"{_time(at_s)}  {self._in(_YELLOW, device)}: {order}{said}"

    def alarm(self, at_s: float, told: Told) -> str:
        """Tell what the alarm centre was told, at a time of the scenario."""
        if self._json:
            return _json(event="alarm", scenario_s=round(at_s, 3), **_told(told))
        word = self._in(_CYAN, TYPES[self._language].get(told.type, told.type))
        subject = " ".join(part for part in (told.device, told.rule, told.severity) if part)
        return f"{_time(at_s)}  {word}: {_printable(subject)}"

    def verdict(self, findings: Sequence[Finding], *, is_good: bool) -> str:
        """Tell what became of each expectation, and whether all is well."""
        if self._json:
            found = [_found(one) for one in findings]
            return _json(event="verdict", good=is_good, findings=found)
        rows = [HEADS[self._language], *(self._row(one) for one in findings)]
        expected = [one for one in findings if one.expectation is not None]
        met = sum(one.outcome is Outcome.MET for one in expected)
        false = sum(one.outcome is Outcome.FALSE_ALARM for one in findings)
        text = TEXTS[self._language]["good" if is_good else "bad"]
        last = text.format(met=met, all=len(expected), false=false)
        return "\n".join(["", *map(self._painted, table(rows)), "", last])

    def _row(self, one: Finding) -> tuple[str, ...]:
        words, types = TEXTS[self._language], TYPES[self._language]
        outcome = OUTCOMES[self._language][one.outcome]
        came = ", ".join(f"{each.at_s:.2f} s" for each in one.came[:_SHOWN])
        came += " …" if len(one.came) > _SHOWN else ""
        if one.expectation is None:
            told = one.came[0]
            device = _printable(told.device or "")
            return (
                outcome, types.get(told.type, told.type), device, _printable(told.rule), "", came,
                words["unforeseen"],
            )  # fmt: skip
        wanted = one.expectation
        word = words["none"] if wanted.is_nothing else types[wanted.type]
        return (
            outcome, word, wanted.device or words["any"], wanted.rule or words["any"],
            f"{one.opens_s:.1f}–{one.closes_s:.1f} s", came, _counts(wanted),
        )  # fmt: skip

    def _painted(self, row: str) -> str:
        words = OUTCOMES[self._language]
        if row.startswith(words[Outcome.MET]):
            return self._in(_GREEN, row)
        bad = any(row.startswith(word) for one, word in words.items() if one is not Outcome.OPEN)
        return self._in(_RED, row) if bad else row

    def _in(self, colour: str, text: str) -> str:
        return f"{colour}{text}{_PLAIN}" if self._colour else text


def _counts(one: Expectation) -> str:
    if one.is_nothing or (one.least, one.most) == (1, None):
        return ""
    return f"{one.least}–{'∞' if one.most is None else one.most} ×"


def _found(one: Finding) -> dict[str, Any]:
    wanted = one.expectation
    about = None
    if wanted is not None:
        about = {
            "number": wanted.number,
            "device": wanted.device,
            "rule": wanted.rule,
            "type": wanted.type,
            "severity": wanted.severity,
            "nothing": wanted.is_nothing,
        }
    return {
        "outcome": one.outcome,
        "expected": about,
        "opens_s": round(one.opens_s, 3),
        "closes_s": round(one.closes_s, 3),
        "came": [_told(each) for each in one.came],
    }


def _told(one: Told) -> dict[str, Any]:
    return {
        "at_s": round(one.at_s, 3),
        "type": one.type,
        "device": one.device,
        "rule": one.rule,
        "severity": one.severity,
    }


def _json(**fields: object) -> str:
    return json.dumps(fields, ensure_ascii=False)


def _time(at_s: float) -> str:
    return f"{at_s:+9.1f} s"


def _printable(text: str) -> str:
    """Keep terminals safe: what came over the network may hold control characters."""
    return "".join(letter for letter in text if letter.isprintable())
