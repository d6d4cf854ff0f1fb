"""What a running agent answers although its file is broken: beside the errors, with code 2."""

from collections.abc import Callable
from pathlib import Path

import msgspec

from edge_agent.config.load import ConfigError
from edge_agent.config.whereabouts import socket_despite_errors
from edge_agent.show.answer import Answer

_USAGE = 2


def despite_errors(file: Path, error: ConfigError, asked: Callable[[Path], Answer]) -> Answer:
    """`asked`: the question, of the socket; it may raise OSError and msgspec.MsgspecError.

    An agent does not stop when its file is broken, and can still be looked at.
    """
    problems, socket = tuple(map(str, error.problems)), socket_despite_errors(file)
    if socket is None:
        return Answer(_USAGE, "", problems)
    try:
        answer = asked(socket)
    except (OSError, msgspec.MsgspecError):
        return Answer(_USAGE, "", problems)
    return Answer(_USAGE, answer.text, (*problems, *answer.complaints))
