"""The health of an agent as text of a bounded length: what is well is left out first."""

from collections.abc import Iterator

import msgspec

from edge_agent.health import AgentHealth, DeviceState
from edge_agent.health_document import AgentDocument, document


class Diagnosis(msgspec.Struct, frozen=True, kw_only=True):
    """`left_out`: what did not fit. The rest is the document of `edge-agent status --json`."""

    command: str
    left_out: tuple[str, ...]
    health: AgentDocument


def diagnosis(health: AgentHealth, most: int, command: str) -> str:
    """JSON of at most `most` characters, as whole as fits; at the very least who and how full."""
    text = ""
    for left_out, cut in _ever_smaller(document(health)):
        said = Diagnosis(command=command, left_out=left_out, health=cut)
        text = msgspec.json.encode(said).decode()
        if len(text) <= most:
            break
    return text


def _ever_smaller(whole: AgentDocument) -> Iterator[tuple[tuple[str, ...], AgentDocument]]:
    replace = msgspec.structs.replace
    yield (), whole
    lines = tuple(replace(line, units=()) for line in whole.lines)
    cut = replace(whole, lines=lines)
    yield ("units",), cut
    amiss = tuple(one for one in whole.devices if one.state != DeviceState.ANSWERING)
    cut = replace(cut, devices=amiss)
    yield ("units", "devices that answer"), cut
    yield ("devices", "lines"), replace(cut, devices=(), lines=())
    yield ("devices", "lines", "notices"), replace(cut, devices=(), lines=(), notices=())
