"""`edge-agent device`: one device read now, or an action of its profile, asked at the gateway."""

from pathlib import Path

import msgspec

from device_profiles.model import Profile
from edge_agent.buffer.permission import Verdict
from edge_agent.by_hand import DO, NO_ANSWER, NOT_SAID, READ
from edge_agent.config.model import Config
from edge_agent.config.nearest import not_there
from edge_agent.health_socket import ask
from edge_agent.local_orders import NOT_UNDERSTOOD, LocalAnswer, LocalOrder
from edge_agent.show.answer import Answer, as_json
from edge_agent.show.fault_words import quality_text
from edge_agent.show.status_words import STOPPED, Words
from runtime.language import Language, table

_WAIT_S = 90.0
_TEXTS: dict[str, tuple[str, str]] = {
    "done": ("done: {detail}", "已完成：{detail}"),
    "failed": ("failed: {detail}", "失败：{detail}"),
    "refused": ("refused: {detail}", "已拒绝：{detail}"),
    "expired": ("too late, nothing was done: {detail}", "已过期，未执行：{detail}"),
    NO_ANSWER: (
        "no answer within a minute; look at the device before you ask again",
        "一分钟内无结果；再次操作前请先查看设备",
    ),
    Verdict.NOT_YET: (
        "not yet: a buffer that was set aside is looked through for commands, try again soon",
        "暂不可用：正在从移到一旁的缓存中查找命令，请稍后再试",
    ),
    NOT_SAID: ("not taken: {detail}", "未采用：{detail}"),
    NOT_UNDERSTOOD: ("not understood: {detail}", "未能识别：{detail}"),
    "headings": ("point|value", "测点|值"),
    "yes": ("yes", "是"),
    "no": ("no", "否"),
}


def read(config: Config, device: str, by: str, *, json: bool, language: Language) -> Answer:
    """Code 1 when it could not be read, 2 for a device that is not there."""
    if problem := _no_device(config, device):
        return Answer(2, "", (problem,))
    return _asked(config, _reading(device, by), json=json, language=language)


def running_read(socket: Path, device: str, by: str, *, json: bool, language: Language) -> Answer:
    """By the agent behind a socket; raise OSError or msgspec.MsgspecError without one."""
    return _ordered(socket, _reading(device, by), json=json, language=language)


def _reading(device: str, by: str) -> LocalOrder:
    return LocalOrder(READ, {"device": device, "by": by})


def do(
    config: Config, device: str, action: str, by: str, *, json: bool, language: Language
) -> Answer:
    """Code 1 when it was not confirmed, 2 for a device or action that is not there."""
    if problem := _no_device(config, device):
        return Answer(2, "", (problem,))
    known = [one.id for one in _profile(config, device).actions]
    if action not in known:
        return Answer(2, "", (f"ACTION {not_there(action, known, f'action of {device}')}",))
    order = LocalOrder(DO, {"device": device, "action": action, "by": by})
    return _asked(config, order, json=json, language=language)


def _no_device(config: Config, device: str) -> str:
    names = [one.id for one in config.devices]
    return "" if device in names else f"DEVICE {not_there(device, names, 'device')}"


def _profile(config: Config, device: str) -> Profile:
    return next(one.profile for one in config.devices if one.id == device)


def _asked(config: Config, order: LocalOrder, *, json: bool, language: Language) -> Answer:
    try:
        return _ordered(config.socket, order, json=json, language=language)
    except (OSError, msgspec.MsgspecError) as error:
        why = Words(language)(STOPPED)
        known = {"gateway": config.gateway, "socket": config.socket, "error": error}
        return Answer(1, "", (why.format(**known),))


def _ordered(socket: Path, order: LocalOrder, *, json: bool, language: Language) -> Answer:
    said = ask(socket, msgspec.json.encode(order), _WAIT_S)
    answer = msgspec.json.decode(said, type=LocalAnswer)
    code = 0 if answer.is_done else 1
    if json:
        plain = {"id": answer.said, "outcome": answer.reason, "detail": _points(answer.detail)}
        return Answer(code, as_json(plain))
    if answer.is_done and order.order == READ:
        return Answer(0, _read_text(answer.detail, language))
    text = _say(answer.reason, language).format(detail=answer.detail)
    return Answer(0, text) if answer.is_done else Answer(1, "", (text,))


def _points(detail: str) -> object:
    """What was read, by point; a sentence stays one."""
    try:
        return msgspec.json.decode(detail)
    except msgspec.MsgspecError:
        return detail


def _read_text(detail: str, language: Language) -> str:
    found = _points(detail)
    if not isinstance(found, dict):
        return detail
    heading = _say("headings", language).split("|")
    rows = [[point, _value(value, language)] for point, value in found.items()]
    return "\n".join(table([heading, *rows]))


def _value(value: object, language: Language) -> str:
    if isinstance(value, bool):
        return _say("yes" if value else "no", language)
    if isinstance(value, float):
        return f"{value:g}"
    text = str(value)
    is_quality = text.startswith(("bad/", "uncertain/"))
    return quality_text(text, language) if is_quality else text


def _say(word: str, language: Language) -> str:
    texts = _TEXTS.get(word, ("{detail}", "{detail}"))
    return texts[1 if language is Language.ZH else 0]
