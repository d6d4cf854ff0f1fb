"""`edge-agent frames`: the last frames of the lines, as text, for scripts, or for Wireshark."""

from pathlib import Path

import msgspec

from edge_agent.config.model import Config
from edge_agent.config.nearest import not_there
from edge_agent.frames.report import LineFrames, as_pcapng, as_text
from edge_agent.health_socket import ask
from edge_agent.show.answer import Answer, as_json
from edge_agent.show.status_words import STOPPED, Words
from runtime.language import Language

PROBLEM, USAGE = 1, 2


def frames(
    config: Config, *, line: str | None, pcap: Path | None, json: bool, language: Language
) -> Answer:
    """What the running agent keeps; code 1 when none answers, 2 for a line that is not there."""
    names = [one.name for one in config.lines]
    if line is not None and line not in names:
        return Answer(USAGE, "", (f"--line {not_there(line, names, 'line')}",))
    try:
        return running_frames(config.socket, line=line, pcap=pcap, json=json)
    except (OSError, msgspec.MsgspecError) as error:
        why = Words(language)(STOPPED)
        known = {"gateway": config.gateway, "socket": config.socket, "error": error}
        return Answer(PROBLEM, "", (why.format(**known),))


def running_frames(socket: Path, *, line: str | None, pcap: Path | None, json: bool) -> Answer:
    """The same of the agent behind a socket; raise OSError or msgspec.MsgspecError without one."""
    answer = ask(socket, f"frames {line or ''}".encode())
    said = msgspec.json.decode(answer, type=tuple[LineFrames, ...])
    if line is not None and not said:
        return Answer(USAGE, "", (f"--line is {line!r}, and no such line is watched",))
    if pcap is not None:
        return _written(said, pcap)
    if json:
        return Answer(0, as_json(list(msgspec.to_builtins(said))))
    return Answer(0, "\n\n".join("\n".join(as_text(one)) for one in said))


def _written(said: tuple[LineFrames, ...], pcap: Path) -> Answer:
    """One file is of one line: times and kinds of two do not belong together."""
    if len(said) != 1:
        names = ", ".join(one.line for one in said) or "none"
        return Answer(USAGE, "", (f"--pcap is of one line: name it with --line ({names})",))
    try:
        pcap.write_bytes(as_pcapng(said[0]))
    except OSError as error:
        return Answer(PROBLEM, "", (f"{pcap} can not be written: {error.strerror}",))
    return Answer(0, f"{pcap}: {len(said[0].frames)} frames of line {said[0].line}")
