"""The lifecycle table as Mermaid diagrams and a Markdown table: the source of the docs page."""

from collections.abc import Iterator

from ingest_server.alarm.lifecycle import TABLE, Event, Facts, Refused, Row, Variables, take

_NAMES = {
    (True, False): "Active_unacknowledged",
    (True, True): "Active_acknowledged",
    (False, False): "Returned_unacknowledged",
    (False, True): "Returned_acknowledged",
}
_SIDE = frozenset({Event.SUPPRESS, Event.UNSUPPRESS})


def render_page() -> str:
    """docs/alarm-lifecycle.md, whole."""
    return "\n".join(
        [
            "# The life of an alarm",
            "",
            "Drawn from the table in `ingest_server/alarm/lifecycle.py`. Do not edit; run",
            "`python -m ingest_server.alarm.diagram > docs/alarm-lifecycle.md`.",
            "Events in CAPITALS announce: they sound again and clear the acknowledgement.",
            "",
            "## A latching rule: open until it is reset",
            "",
            render_mermaid(latching=True),
            "## An ordinary rule: closes when it has returned and is acknowledged",
            "",
            render_mermaid(latching=False),
            "## All transitions",
            "",
            *_table(),
            "",
        ],
    )


def render_mermaid(*, latching: bool) -> str:
    """One `stateDiagram-v2` in a code fence: the states that a told, unsuppressed alarm reaches."""
    edges: dict[tuple[str, str], list[str]] = {}
    for before, after, label in _walk(latching=latching):
        edges.setdefault((before, after), []).append(label)
    lines = [f"    {one} --> {two}: {', '.join(edges[one, two])}" for one, two in edges]
    return "\n".join(["```mermaid", "stateDiagram-v2", *lines, "```", ""])


def _walk(*, latching: bool) -> Iterator[tuple[str, str, str]]:
    start = Variables()
    waiting, seen = [(start, True)], {(start, True)}
    while waiting:
        before, fresh = waiting.pop(0)
        facts = Facts(fresh=fresh, latching=latching, told=not fresh)
        for event in (one for one in Event if one not in _SIDE):
            if fresh and event not in (Event.ACTIVATE, Event.FIND_OVER):
                continue
            step = take(event, before, facts)
            if isinstance(step, Refused):
                continue
            after = (step.variables, False)
            if after not in seen:
                seen.add(after)
                waiting.append(after)
            label = event.upper() if step.announces else event.value
            yield _name(before, fresh=fresh), _name(step.variables, fresh=False), label


def _name(variables: Variables, *, fresh: bool) -> str:
    if fresh:
        return "[*]"
    if variables.closed:
        return "Closed"
    return _NAMES[variables.active, variables.acknowledged]


def _table() -> list[str]:
    head = ["| event | when | then | change | webhook |", "|---|---|---|---|---|"]
    return head + [_line(row) for row in TABLE]


def _line(row: Row) -> str:
    when = _words(row.when)
    if isinstance(row.then, Refused):
        return f"| {row.event} | {when} | refused: `{row.then}` | | |"
    event = row.event.upper() if row.announces else row.event.value
    return f"| {event} | {when} | {_words(row.then)} | `{row.change}` | `{row.type}` |"


def _words(values: object) -> str:
    items = values.items() if isinstance(values, dict) else ()
    return ", ".join(name if on else f"not {name}" for name, on in items) or "as it was"


if __name__ == "__main__":
    print(render_page(), end="")  # noqa: T201 - run by hand to write the page
