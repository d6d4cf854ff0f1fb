"""The load of a line in words, with what would help, in English or Chinese."""

from collections.abc import Iterator

from alarm_rules.duration import duration_text
from edge_agent.health import LineLoad, Remedy
from runtime.language import Language

_NAMED = 3
_TEXTS: dict[str, tuple[str, str]] = {
    "loaded": ("line {line} is {share:.0%} loaded", "线路 {line} 负载 {share:.0%}"),
    "late": (
        ": {points} every {every} can not be met (hazard points alone: {hard:.0%})",
        "：{points} 无法保证每 {every} 读取一次（仅险情测点即占 {hard:.0%}）",
    ),
    "full": (
        ": single damaged replies already make polls late",
        "：个别应答损坏即会造成轮询延迟",
    ),
    "kept": ("hazard points ({hard:.0%}) keep their period, ", "险情测点（{hard:.0%}）保持周期，"),
    "stretched": (
        ": {kept}the others come {stretch:.1f} times later than asked for",
        "：{kept}其余测点的周期延长至 {stretch:.1f} 倍",
    ),
    "move": ("move {names} to another line", "将 {names} 移到其他线路"),
    "baud": ("raise the baud to {baud} ({share:.0%})", "将波特率提高到 {baud}（{share:.0%}）"),
    "poll": ("poll {names} every {every}", "将 {names} 的周期改为 {every}"),
    "or": (" or ", "或"),
    "comma": (", ", "，"),
    "then": ("; ", "；"),
    "more": ("{names} and {count} more", "{names} 等 {count} 台"),
    "no_step": (
        "no single step helps: move most devices to other lines",
        "单项措施不足：请将多数设备移到其他线路",
    ),
}


def load_text(load: LineLoad, language: Language = Language.EN) -> str:
    """What the load means, and what would help."""
    says = _Words(language)
    head = says("loaded", line=load.line, share=load.share) + _meaning(load, says)
    remedies = list(_remedies(load.remedy, says))
    if not remedies:
        return head + says("then") + says("no_step")
    *first, last = remedies
    said = says("comma").join(first)
    return head + says("then") + (said + says("or") + last if said else last)


class _Words:
    def __init__(self, language: Language) -> None:
        self._index = 1 if language is Language.ZH else 0

    def __call__(self, name: str, **values: object) -> str:
        return _TEXTS[name][self._index].format(**values)


def _meaning(load: LineLoad, says: _Words) -> str:
    if load.late:
        every = duration_text(load.late_us)
        return says("late", points=", ".join(load.late), every=every, hard=load.hard)
    if load.share <= 1:
        return says("full")
    kept = says("kept", hard=load.hard) if load.hard else ""
    return says("stretched", kept=kept, stretch=load.stretch)


def _remedies(remedy: Remedy, says: _Words) -> Iterator[str]:
    if remedy.move:
        yield says("move", names=_listed(remedy.move, says))
    if remedy.baud is not None:
        yield says("baud", baud=remedy.baud, share=remedy.baud_share)
    if remedy.poll:
        names = _listed(remedy.poll, says)
        yield says("poll", names=names, every=duration_text(remedy.poll_us))


def _listed(names: tuple[str, ...], says: _Words) -> str:
    shown = ", ".join(names[:_NAMED])
    return shown if len(names) <= _NAMED else says("more", names=shown, count=len(names) - _NAMED)
