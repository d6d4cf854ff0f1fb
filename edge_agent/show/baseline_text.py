"""What points are judged against, as text: for `status` and for `baseline show`."""

from collections.abc import Iterator, Sequence

from edge_agent.baseline.taken import Standing
from edge_agent.own_health import BaselineHealth
from edge_agent.show.baseline_words import Words
from runtime.language import Language, fitted

_COLUMNS = 100
_UNWATCHED = frozenset({Standing.ABSENT.value, Standing.OTHER_DEVICE.value})


def baseline_problems(found: Sequence[BaselineHealth], language: Language) -> Iterator[str]:
    """One sentence for each point that is not watched for want of one."""
    words = Words(language)
    for one in found:
        if one.standing in _UNWATCHED:
            yield words(f"p_{one.standing}").format(device=one.device, point=one.point)


def baseline_text(found: Sequence[BaselineHealth], language: Language) -> list[str]:
    """A table after an empty line; nothing where no point needs one."""
    return ["", *baseline_table(found, Words(language))] if found else []


def baseline_table(found: Sequence[BaselineHealth], words: Words) -> list[str]:
    """A line for each point that needs one."""
    names = ("device", "point", "value", "standing", "by", "when", "note")
    return fitted([[words(name) for name in names], *(_row(one, words) for one in found)], _COLUMNS)


def value_text(value: tuple[float, ...] | None, unit: str) -> str:
    if value is None:
        return "-"
    if len(value) == 1:
        return f"{value[0]:.4g} {unit}"
    return f"({', '.join(f'{number:.3f}' for number in value)})"


def when_text(at: str, words: Words) -> str:
    return at or words("clock_unset")


def _row(one: BaselineHealth, words: Words) -> list[str]:
    row = [one.device, one.point, value_text(one.value, one.unit), words(one.standing)]
    if not one.by:
        return [*row, "-", "-", "-"]
    return [*row, one.by, when_text(one.at, words), one.void or one.note or "-"]
