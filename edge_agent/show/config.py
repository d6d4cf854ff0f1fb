"""`edge-agent config`: what is in force, what the server wants, what a person on site says."""

from pathlib import Path

import msgspec

from edge_agent.config import desired as wishes
from edge_agent.config.desired import Decision
from edge_agent.config.load import ConfigError
from edge_agent.config.source import Found, Source, book_path, write_book
from edge_agent.health_document import AgentDocument
from edge_agent.health_socket import NOBODY, ask
from edge_agent.local_orders import LocalAnswer, LocalOrder
from edge_agent.on_site import ACCEPT, REJECT
from edge_agent.show.answer import Answer, as_json
from runtime.language import Language
from wire.command import Outcome

_ORDER_S = 60.0
_TEXTS: dict[str, tuple[str, str]] = {
    "force": ("in force: {hash}, {whose}", "生效配置：{hash}，{whose}"),
    "site": ("agent.toml alone", "仅现场 agent.toml"),
    "server": ("version {version} of the server", "服务端版本 {version}"),
    "nothing": ("the server has wanted nothing", "服务端未下发配置"),
    "wants": (
        "the server wants version {version}, based on {based_on}: {outcome}",
        "服务端要求版本 {version}（基于 {based_on}）：{outcome}",
    ),
    "wanted": (
        "the server wants version {version}: {outcome}",
        "服务端要求版本 {version}：{outcome}",
    ),
    "withdrawn": (
        "the server wants nothing any more (version {version}): {outcome}",
        "服务端已撤回其要求（版本 {version}）：{outcome}",
    ),
    "applied": ("applied", "已生效"),
    "rejected": ("rejected", "已拒绝"),
    "diverged": (
        "diverged; decide: edge-agent config accept, or reject",
        "与现场不一致；请决定：edge-agent config accept 或 reject",
    ),
    Decision.TAKEN: ("it is in force", "已生效"),
    Decision.REJECTED: (
        "it is rejected; the gateway keeps what is in force",
        "已拒绝；网关继续使用原配置",
    ),
    Decision.IN_FORCE: (
        "it is in force already; to leave it, change lines or devices of agent.toml",
        "已在生效；如需放弃，请修改 agent.toml 的线路或设备",
    ),
    Decision.NOT_VALID: ("it is not taken:", "未采用："),
    Decision.NOTHING_WANTED: ("there is nothing to decide", "没有需要决定的内容"),
}


def config_show(source: Source, *, json: bool, toml: bool, language: Language) -> Answer:
    """What would be in force with the files as they are; code 1 while something waits.

    Raise ConfigError.
    """
    found = source.load()
    latest, outcome = found.book.latest, found.book.outcome
    is_open = outcome in (Outcome.DIVERGED, Outcome.REJECTED)
    complaints = () if outcome is not Outcome.DIVERGED else tuple(found.notices)
    if toml:
        return Answer(0, "" if latest is None else latest.toml)
    if json:
        said = {
            "config_hash": found.config.hash,
            "site_hash": found.site,
            "book": msgspec.to_builtins(found.book),
            "notices": list(found.notices),
        }
        return Answer(1 if is_open else 0, as_json(said), complaints)
    return Answer(1 if is_open else 0, "\n".join(_lines(found, language)), complaints)


def running_config(socket: Path, *, json: bool, language: Language) -> Answer:
    """What is in force at the agent behind a socket, whatever its files say now.

    Raise OSError or msgspec.MsgspecError when there is none.
    """
    said = msgspec.json.decode(ask(socket), type=AgentDocument)
    is_open = said.config.outcome in (Outcome.DIVERGED, Outcome.REJECTED)
    if json:
        plain = {"config_hash": said.config_hash, **msgspec.to_builtins(said.config)}
        return Answer(1 if is_open else 0, as_json(plain))
    lines = [_force(said.config_hash, said.config.version, language)]
    if said.config.desired is None or not said.config.outcome:
        lines.append(_say("nothing", language))
    else:
        outcome = _say(said.config.outcome, language)
        wanted = _say("wanted", language).format(version=said.config.desired, outcome=outcome)
        lines.append(wanted)
    return Answer(1 if is_open else 0, "\n".join(lines))


def config_decide(source: Source, *, accept: bool, json: bool, language: Language) -> Answer:
    """By the running agent, or for its next start when it is stopped. Raise ConfigError."""
    found = source.load()
    order = msgspec.json.encode(LocalOrder(ACCEPT if accept else REJECT))
    try:
        said = msgspec.json.decode(ask(found.config.socket, order, _ORDER_S), type=LocalAnswer)
        decision = Decision(said.said) if said.is_done else Decision(said.reason)
        detail = said.detail
    except NOBODY:
        decision, detail = _decide_at_rest(source, found, accept=accept)
    except (OSError, msgspec.MsgspecError, ValueError) as error:  # not behind a running agent
        return Answer(1, "", (f"{found.config.socket}: {error}",))
    return _decided(decision, detail, json=json, language=language)


def _decide_at_rest(source: Source, found: Found, *, accept: bool) -> tuple[Decision, str]:
    latest = found.book.latest
    if latest is None or wishes.is_withdrawn(found.book):
        return Decision.NOTHING_WANTED, ""
    if found.book.in_force == latest:
        return Decision.IN_FORCE, ""
    if not accept:
        book = wishes.note(found.book, latest, Outcome.REJECTED, wishes.ON_SITE)
        write_book(book_path(found.config), book)
        return Decision.REJECTED, ""
    try:
        if not latest.is_withdrawal:
            source.with_desired(latest)
    except ConfigError as error:
        return Decision.NOT_VALID, str(error)
    write_book(book_path(found.config), wishes.taken(found.book, latest, found.site))
    return Decision.TAKEN, ""


def _decided(decision: Decision, detail: str, *, json: bool, language: Language) -> Answer:
    is_done = decision in (Decision.TAKEN, Decision.REJECTED, Decision.IN_FORCE)
    if json:
        return Answer(0 if is_done else 1, as_json({"decision": decision, "detail": detail}))
    text = "\n".join([_say(decision, language), *detail.splitlines()])
    return Answer(0, text) if is_done else Answer(1, "", (text,))


def _lines(found: Found, language: Language) -> list[str]:
    standing, latest = found.book.in_force, found.book.latest
    version = None if standing is None else standing.version
    lines = [_force(found.config.hash, version, language)]
    if latest is None or found.book.outcome is None:
        return [*lines, _say("nothing", language)]
    wants = _say("withdrawn" if latest.is_withdrawal else "wants", language).format(
        version=latest.version,
        based_on=latest.based_on or "-",
        outcome=_say(found.book.outcome.value, language),
    )
    return [*lines, wants, *(f"  {line}" for line in found.book.detail.splitlines())]


def _force(config_hash: str, version: int | None, language: Language) -> str:
    whose = _say("site", language)
    if version is not None:
        whose = _say("server", language).format(version=version)
    return _say("force", language).format(hash=config_hash, whose=whose)


def _say(word: str, language: Language) -> str:
    return _TEXTS[word][1 if language is Language.ZH else 0]
