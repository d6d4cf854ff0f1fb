"""`edge-agent clock`: what the gateway holds the time to be, and a time that a person sets."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from edge_agent.buffer import anchors, clock_note
from edge_agent.buffer.clock_note import ClockNote
from edge_agent.buffer.timebase import ClockSaid, Origin, Setting, Timekeeper
from edge_agent.config.model import Config
from edge_agent.health_socket import NOBODY, ask
from edge_agent.local_orders import LocalAnswer, LocalOrder
from edge_agent.on_site import CLOCK_SET, CLOCK_SHOW
from edge_agent.show.answer import Answer, as_json
from edge_agent.show.at_rest import connect_at_rest
from edge_agent.show.status_parts import age_text
from runtime.clock import Clock, SystemClock, Trust
from runtime.language import Language
from wire.envelope import ClockState

_US = 1_000_000
_ORIGINS = {
    Origin.NOBODY: ("nobody", "无"),
    Origin.SYSTEM: ("the machine's own clock", "系统时钟"),
    Origin.SERVER: ("receipts", "回执"),
    Origin.PERSON: ("a person", "人工"),
    Origin.BEFORE: ("an earlier run of the agent", "代理上次运行"),
}
_STATES = {  # apart from the rest: a refused setting is named "synchronised", too
    ClockState.SYNCHRONISED: ("synchronised", "已同步"),
    ClockState.HOLDOVER: ("holdover", "守时"),
    ClockState.SERVER: ("set from the server", "由服务端校时"),
    ClockState.UNSET: ("unset", "未设置"),
}
_TEXTS: dict[str, tuple[str, str]] = {
    "running": (
        "{state}, told by {origin}: {utc}, ± {slack}",
        "{state}（来源：{origin}）：{utc}，误差 ± {slack}",
    ),
    "unset": ("unset: nobody has told this gateway the time", "未设置：尚无时间来源"),
    "system": ("the machine's own clock is {offset} s ahead", "本机系统时钟快 {offset} 秒"),
    "trusted": ("and is vouched for", "且有可信来源"),
    "not_trusted": ("and nobody vouches for it", "且无可信来源"),
    "good": ("last good time {utc}", "最近可信时间 {utc}"),
    "receipt": ("last receipt that told it {age} ago", "最近一次由回执校时：{age}前"),
    "stopped": ("the agent is stopped; as of its buffer:", "代理未运行；据其缓存："),
    "later": (
        "noted: the agent takes it when it starts, if the machine is not started anew before",
        "已记录：代理启动时采用（若期间未重启本机）",
    ),
    "set": ("set", "已设置"),
    "not_a_time": (
        'is not a time with its zone: write "2026-11-21 14:03:00+08:00"',
        '不是带时区的时间：请写成 "2026-11-21 14:03:00+08:00"',
    ),
    Setting.SYNCHRONISED: (
        "not taken: the machine's own clock is vouched for, set that one",
        "未采用：系统时钟可信，请设置系统时钟",
    ),
    Setting.OUT_OF_RANGE: (
        "not taken: not between 2020 and 2100",
        "未采用：不在 2020 至 2100 年之间",
    ),
    Setting.BEFORE_BUILD: (
        "not taken: this program was made later; is it right? then --force",
        "未采用：早于本程序的发布日期；若确认无误，请加 --force",
    ),
    Setting.BEFORE_LAST_GOOD: (
        "not taken: this gateway knew a later time before; is it right? then --force",
        "未采用：早于本网关已知的时间；若确认无误，请加 --force",
    ),
}


def clock_show(config: Config, *, json: bool, language: Language) -> Answer:
    """Code 1 while the time is unset or the agent stopped."""
    try:
        return running_clock(config.socket, json=json, language=language)
    except NOBODY:
        said = _at_rest(config, SystemClock(config.trust)).said()
        return _shown(said, json=json, language=language, is_running=False)
    except (OSError, msgspec.MsgspecError) as error:
        return Answer(1, "", (f"{config.socket}: {error}",))


def running_clock(socket: Path, *, json: bool, language: Language) -> Answer:
    """Of the agent behind a socket; raise OSError or msgspec.MsgspecError without one."""
    said = msgspec.convert(_order(socket, LocalOrder(CLOCK_SHOW)).said, ClockSaid)
    return _shown(said, json=json, language=language, is_running=True)


def _shown(said: ClockSaid, *, json: bool, language: Language, is_running: bool) -> Answer:
    is_fine = is_running and said.state is not ClockState.UNSET
    if json:
        plain = {"running": is_running, **msgspec.to_builtins(said), "utc": _moment(said.utc_us)}
        return Answer(0 if is_fine else 1, as_json(plain))
    return Answer(
        0 if is_fine else 1, "\n".join(clock_lines(said, language, is_running=is_running))
    )


def clock_set(config: Config, text: str, *, force: bool, json: bool, language: Language) -> Answer:
    """Code 2 for what is no time, 1 when it is not taken."""
    utc_us = _parse(text)
    if utc_us is None:
        return Answer(2, "", (f"{text!r} {_say('not_a_time', language)}",))
    clock = SystemClock(config.trust)
    asked_us = clock.mono_us()
    given = {"utc_us": str(utc_us), **({"force": "yes"} if force else {})}
    try:
        answer = _order(config.socket, LocalOrder(CLOCK_SET, given))
        setting = Setting.SET if answer.is_done else Setting(answer.reason)
        word = "set"
    except NOBODY:
        note = ClockNote(clock.boot, asked_us, utc_us, is_forced=force)
        setting, word = _leave(config, clock, note), "later"
    except (OSError, msgspec.MsgspecError, ValueError) as error:  # not behind a running agent
        return Answer(1, "", (f"{config.socket}: {error}",))
    is_set = setting is Setting.SET
    text = _say(word if is_set else setting, language)
    if json:
        return Answer(0 if is_set else 1, as_json({"setting": setting, "detail": text}))
    return Answer(0, text) if is_set else Answer(1, "", (text,))


def _order(socket: Path, order: LocalOrder) -> LocalAnswer:
    return msgspec.json.decode(ask(socket, msgspec.json.encode(order)), type=LocalAnswer)


def _leave(config: Config, clock: Clock, note: ClockNote) -> Setting:
    """Judged as the next start will judge it. Raise OSError."""
    setting = _at_rest(config, clock).set_by_person(note.utc_us, force=note.is_forced)
    if setting is Setting.SET:
        clock_note.leave(config.buffer.path.parent, note)
    return setting


def _at_rest(config: Config, clock: Clock) -> Timekeeper:
    """What the next start will know of the time."""
    keeper = Timekeeper(clock, is_measured=config.trust is Trust.NTP)
    if not config.buffer.path.exists():
        return keeper
    try:
        with closing(connect_at_rest(config.buffer.path)) as connection:
            known = anchors.known(connection, clock.boot)
    except sqlite3.Error:
        return keeper  # the start sets a broken buffer aside
    keeper.remember(known.anchor, known.last_utc_us)
    return keeper


def _parse(text: str) -> int | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    return round(moment.timestamp() * _US)


def clock_lines(said: ClockSaid, language: Language, *, is_running: bool) -> list[str]:
    """What is known of the time, for people."""
    lines = [] if is_running else [_say("stopped", language)]
    if said.utc_us is None:
        lines.append(_say("unset", language))
    else:
        slack = "?" if said.slack_us is None else f"{said.slack_us / _US:.3f} s"
        lines.append(
            _say("running", language).format(
                state=_of(_STATES[said.state], language),
                origin=_of(_ORIGINS[said.origin], language),
                utc=_moment(said.utc_us),
                slack=slack,
            )
        )
    if said.system_us is not None:
        word = _say("trusted" if said.is_trusted else "not_trusted", language)
        ahead = _say("system", language).format(offset=f"{said.system_us / _US:+.3f}")
        lines.append(f"{ahead} {word}")
    if said.last_good_us:
        lines.append(_say("good", language).format(utc=_moment(said.last_good_us)))
    if said.heard_us is not None:
        lines.append(_say("receipt", language).format(age=age_text(said.heard_us / _US)))
    return lines


def _moment(utc_us: int | None) -> str | None:
    if utc_us is None:
        return None
    return datetime.fromtimestamp(utc_us / _US, tz=UTC).isoformat(timespec="milliseconds")


def _say(word: str, language: Language) -> str:
    return _of(_TEXTS[word], language)


def _of(texts: tuple[str, str], language: Language) -> str:
    return texts[1 if language is Language.ZH else 0]
