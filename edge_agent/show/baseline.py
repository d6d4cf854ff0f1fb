"""`edge-agent baseline`: take, show or clear what a device is judged against, at the site."""

from collections.abc import Callable, Collection, Mapping
from pathlib import Path

import msgspec

from edge_agent.baseline.file import BaselineFile
from edge_agent.baseline.in_effect import Baseline, baselines, health_of
from edge_agent.baseline.measure import Refused
from edge_agent.baseline.orders import CLEAR, SHOW, TAKE
from edge_agent.baseline.taken import Taken
from edge_agent.config.model import Config
from edge_agent.driver.tilt import degrees_between
from edge_agent.health_socket import ask
from edge_agent.local_orders import LocalAnswer, LocalOrder
from edge_agent.show.answer import Answer, as_json
from edge_agent.show.baseline_text import (
    baseline_problems,
    baseline_table,
    value_text,
    when_text,
)
from edge_agent.show.baseline_words import Words

_WAIT_S = 125.0
_SHOW_S = 5.0
_USAGE = frozenset({Refused.NO_DEVICE, Refused.NO_BASELINE, Refused.WHICH_POINT, Refused.NO_NAME})


def take(
    config: Config,
    given: Mapping[str, str],
    *,
    json: bool,
    words: Words,
    announce: Callable[[str], None] = lambda _: None,
) -> Answer:
    """Code 0 when it was taken, 1 when it was refused or nobody answers, 2 for usage.

    `announce`: called with what a person has to see to meanwhile, once it is known to be measured.
    """
    try:
        before = {(one.device, one.point): one for one in _shown(config.socket)}
        if _is_one_of(before, given):
            announce(words("measuring").format(device=given.get("device")))
        answer = _asked(config.socket, TAKE, given, _WAIT_S)
    except (OSError, msgspec.MsgspecError) as error:
        return Answer(1, "", (_unanswered(config, error, words),))
    if not answer.is_done:
        return _refused(answer, "refused", json=json, words=words)
    taken = msgspec.convert(answer.said, Taken)
    if json:
        return Answer(0, as_json(msgspec.to_builtins(taken)))
    return Answer(0, "\n".join(_taken(taken, before.get((taken.device, taken.point)), words)))


def _is_one_of(known: Collection[tuple[str, str]], given: Mapping[str, str]) -> bool:
    """Whether it is clear which point is meant, and that it needs a baseline."""
    points = [point for device, point in known if device == given.get("device")]
    return given["point"] in points if "point" in given else len(points) == 1


def clear(config: Config, given: Mapping[str, str], *, json: bool, words: Words) -> Answer:
    """As `take`."""
    try:
        answer = _asked(config.socket, CLEAR, given, _SHOW_S)
    except (OSError, msgspec.MsgspecError) as error:
        return Answer(1, "", (_unanswered(config, error, words),))
    if not answer.is_done:
        return _refused(answer, "not_cleared", json=json, words=words)
    taken = msgspec.convert(answer.said, Taken)
    if json:
        return Answer(0, as_json(msgspec.to_builtins(taken)))
    text = words("cleared").format(device=taken.device, point=taken.point, by=taken.by)
    return Answer(0, text)


def show(config: Config, *, json: bool, words: Words) -> Answer:
    """Code 1 when a point that needs a baseline has none, or no agent answers."""
    try:
        return running_baselines(config.socket, json=json, words=words)
    except (OSError, msgspec.MsgspecError) as error:
        taken, notices = BaselineFile(config.buffer.path.parent).read()
        why = words("not_running").format(socket=config.socket, error=error)
        return _table(list(baselines(config, taken)), [why, *notices], json=json, words=words)


def running_baselines(socket: Path, *, json: bool, words: Words) -> Answer:
    """Of the agent behind a socket; raise OSError or msgspec.MsgspecError without one."""
    return _table(_shown(socket), [], json=json, words=words)


def _table(found: list[Baseline], problems: list[str], *, json: bool, words: Words) -> Answer:
    shown = [health_of(one) for one in found]
    problems = [*problems, *baseline_problems(shown, words.language)]
    if json:
        said = {"baselines": msgspec.to_builtins(found), "problems": problems}
        return Answer(1 if problems else 0, as_json(said), tuple(problems))
    text = "\n".join(baseline_table(shown, words)) if shown else words("none")
    return Answer(1 if problems else 0, text, tuple(problems))


def _taken(taken: Taken, before: Baseline | None, words: Words) -> list[str]:
    unit = "" if before is None else before.unit
    lines = [
        words("done").format(
            device=taken.device,
            point=taken.point,
            value=value_text(taken.value, unit),
            readings=taken.readings,
            spread=f"{taken.spread:g} {unit}",
        ),
        words("signed").format(by=taken.by, when=when_text(taken.at, words)),
    ]
    if before is not None and before.value is not None and len(before.value) == len(taken.value):
        apart = f"{_apart(before.value, taken.value):g} {unit}"
        lines.append(words("before").format(value=value_text(before.value, unit), apart=apart))
    return [*lines, words("counts")]


def _apart(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    if len(one) == 1:
        return round(abs(one[0] - other[0]), 6)
    return degrees_between((one[0], one[1], one[2]), (other[0], other[1], other[2]))


def _refused(answer: LocalAnswer, how: str, *, json: bool, words: Words) -> Answer:
    why = words(answer.reason).format(detail=answer.detail)
    said = {"refused": answer.reason, "detail": answer.detail}
    code = 2 if answer.reason in _USAGE else 1
    return Answer(code, as_json(said) if json else "", (words(how).format(why=why),))


def _unanswered(config: Config, error: Exception, words: Words) -> str:
    return words("not_asked").format(socket=config.socket, error=error)


def _shown(socket: Path) -> list[Baseline]:
    return msgspec.convert(_asked(socket, SHOW, {}, _SHOW_S).said or [], list[Baseline])


def _asked(socket: Path, order: str, given: Mapping[str, str], wait_s: float) -> LocalAnswer:
    said = ask(socket, msgspec.json.encode(LocalOrder(order, dict(given))), wait_s)
    return msgspec.json.decode(said, type=LocalAnswer)
