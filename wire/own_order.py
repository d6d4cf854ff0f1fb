"""The answer of a gateway to what its server has not asked: what it was, and who wanted it."""

import re

import msgspec

from wire.bounds import RESULT_TEXT
from wire.command import BY_LOCAL_ACTION, ON_SITE, Command, CommandKind, Result
from wire.reading import ID

_READ = f"{ON_SITE}{CommandKind.READ}-"
_HEAD = re.compile(
    r"(?P<what>[a-z][a-z0-9_]{0,31}) at (?P<device>[a-z0-9-]{1,64}), asked by (?P<by>.{1,128}?): ",
    re.DOTALL,
)


class OwnOrder(msgspec.Struct, frozen=True):
    """`by`: a person's name, or "local action" with its name and what held; "" if nobody said."""

    kind: CommandKind
    device: str | None
    action: str | None
    by: str
    detail: str


def is_own(order_id: str) -> bool:
    """Whether a gateway gave itself an order of this id, or a person in front of it did."""
    return order_id.startswith((BY_LOCAL_ACTION, ON_SITE)) and bool(ID.fullmatch(order_id))


def signed(command: Command, detail: str) -> str:
    """What came of it, such as "sound at siren-01, asked by Li Lei: 1 of 1 writes echoed".

    Only of what the gateway or a person in front of it asked: the server knows its own commands.
    """
    return f"{_head(command)}{detail}"[:RESULT_TEXT] if is_own(command.id) else detail


def unsigned(command: Command, detail: str) -> str:
    """The same for who gave the order, and knows."""
    return detail.removeprefix(_head(command))


def own_order(result: Result) -> OwnOrder | None:
    """What such an answer is about; None of an answer to the server. A bare detail is taken too."""
    if not is_own(result.answers):
        return None
    kind = CommandKind.READ if result.answers.startswith(_READ) else CommandKind.ACTION
    found = _HEAD.match(result.detail)
    if found is None:
        return OwnOrder(kind, None, None, "", result.detail)
    action = found["what"] if kind is CommandKind.ACTION else None
    return OwnOrder(kind, found["device"], action, found["by"], result.detail[found.end() :])


def _head(command: Command) -> str:
    by = command.by.replace(": ", " ")
    return f"{command.action or command.kind.value} at {command.device}, asked by {by}: "
