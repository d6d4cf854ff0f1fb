"""What can be set in a device and done to it from afar, on its sheet."""

from collections.abc import Iterable, Iterator

from device_profiles.encoding import BIT_TABLES
from device_profiles.handbook import said
from device_profiles.model import Action, Effect, FrameWrite, Profile, RegisterWrite, Setting
from device_profiles.sheet import Section, Table, blocks
from device_profiles.sheet_points import hex_text
from device_profiles.sheet_units import time_text, unit_text
from device_profiles.sheet_words import heads, joined, listed, say

_EFFECTS = {Effect.AT_ONCE: "at_once", Effect.AFTER_RESTART: "after_restart"}


def settings_section(profile: Profile, lang: str) -> Section:
    titles = heads(lang, "setting", "title", "where", "range", "default", "effect")
    rows = tuple(_setting(one, lang) for one in profile.settings)
    return Section(say(lang, "settings"), blocks(Table(titles, rows)))


def actions_section(profile: Profile, lang: str) -> Section:
    titles = heads(lang, "action", "title", "does", "effect")
    rows = tuple(_action(one, lang) for one in profile.actions)
    return Section(say(lang, "actions"), blocks(Table(titles, rows)))


def _setting(setting: Setting, lang: str) -> tuple[str, ...]:
    unit = "" if setting.unit in {None, "count"} else f" {unit_text(lang, setting.unit or '')}"
    return (
        setting.id,
        setting.title.zh if lang == "zh" else setting.title.en,
        joined(lang, _where(setting, lang)),
        joined(lang, _values(setting, unit, lang)),
        _default(setting, unit, lang),
        say(lang, _EFFECTS[setting.effect]),
    )


def _default(setting: Setting, unit: str, lang: str) -> str:
    if setting.default is None:
        return ""
    number = f"{setting.default:g}"
    return said(setting.choices.get(number, number), lang) + unit


def _where(setting: Setting, lang: str) -> Iterator[str]:
    register = setting.register
    if register is not None:
        code = "05" if register.table in BIT_TABLES else "06"
        number = f"{register.doc_address}, " if register.doc_address else ""
        yield f"{number}FC{code} {hex_text(register.address)}, {register.type}"
    elif setting.frame is not None:
        yield f"{setting.frame}, {setting.type}" if setting.type else setting.frame
        if setting.length is not None:
            yield f"{setting.at} / {setting.length}"
    for word in ("unlock", "save"):
        writes = getattr(setting, word)
        if writes:
            yield say(lang, word, writes=_orders(writes, lang))


def _values(setting: Setting, unit: str, lang: str) -> Iterator[str]:
    low, high = setting.minimum, setting.maximum
    if low is not None and high is not None:
        yield say(lang, "range_is", low=f"{low:g}", high=f"{high:g}") + unit
    elif low is not None:
        yield say(lang, "at_least", low=f"{low:g}") + unit
    elif high is not None:
        yield say(lang, "no_more", high=f"{high:g}") + unit
    choices = setting.choices.items()
    yield listed(lang, (f"{raw} = {said(text, lang)}" for raw, text in choices))
    scale = setting.scale if setting.register is None else setting.register.scale
    if scale != 1:
        yield f"× {scale:g}"


def _action(action: Action, lang: str) -> tuple[str, ...]:
    return (
        action.id,
        action.title.zh if lang == "zh" else action.title.en,
        _orders((*action.writes, *action.sends), lang),
        say(lang, _EFFECTS[action.effect]),
    )


def _orders(orders: Iterable[RegisterWrite | FrameWrite], lang: str) -> str:
    return joined(lang, (_order(order, lang) for order in orders))


def _order(order: RegisterWrite | FrameWrite, lang: str) -> str:
    if isinstance(order, RegisterWrite):
        text = f"FC06 {hex_text(order.address)} = {order.value} (0x{order.value:04X})"
    else:
        text = f"{order.frame} [{order.data}]" if order.data else order.frame
    if not order.pause:
        return text
    return say(lang, "then_wait", order=text, pause=time_text(lang, order.pause))
