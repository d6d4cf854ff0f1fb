"""What a gateway states of one lane: its epochs, what it holds, took and dropped."""

import msgspec

from wire.bounds import COUNT, DROP_REASONS, EPOCHS_STATED
from wire.reading import POINT
from wire.refusal import Refusal, WireError

EPOCH_DIGITS = 16


class EpochStatement(msgspec.Struct, frozen=True, omit_defaults=True):
    """One epoch of one lane.

    `floor`: lowest seq still held or covered, else last + 1. `taken`: readings committed in it
    through `last`. `dropped`: readings of keys given up, by reason. `base`: readings taken in this
    lane of this buffer file before the epoch. `prev`: the epoch before it in the file.
    """

    epoch: str
    floor: int
    last: int
    ended: bool
    taken: int
    base: int
    prev: str | None = None
    dropped: dict[str, int] = {}


class Statement(msgspec.Struct, frozen=True, omit_defaults=True):
    """`n` counts within the first epoch listed, the current one; `partial`: there are others."""

    n: int
    epochs: tuple[EpochStatement, ...]
    partial: bool = False

    @property
    def current(self) -> EpochStatement:
        return self.epochs[0]


def is_epoch(text: str) -> bool:
    return len(text) == EPOCH_DIGITS and all(digit in "0123456789abcdef" for digit in text)


def check_statement(statement: Statement) -> Statement:
    """Return it; raise WireError(STATEMENT_INCONSISTENT) when it can not be true."""
    if not 1 <= len(statement.epochs) <= EPOCHS_STATED or not 1 <= statement.n <= COUNT:
        _refuse(f"{len(statement.epochs)} epochs, number {statement.n}")
    if len({one.epoch for one in statement.epochs}) != len(statement.epochs):
        _refuse("an epoch is listed twice")
    if statement.current.ended or not all(one.ended for one in statement.epochs[1:]):
        _refuse("the current epoch comes first and is the only one that has not ended")
    for one in statement.epochs:
        _check_epoch(one)
    return statement


def _check_epoch(one: EpochStatement) -> None:
    if not is_epoch(one.epoch) or not (one.prev is None or is_epoch(one.prev)):
        _refuse(f"epoch {one.epoch[:40]!r} is not {EPOCH_DIGITS} hexadecimal digits")
    if not 1 <= one.floor <= one.last + 1 <= COUNT:
        _refuse(f"epoch {one.epoch}: floor {one.floor}, last {one.last}")
    if not (0 <= one.taken <= COUNT and 0 <= one.base <= COUNT and one.last <= one.taken):
        _refuse(f"epoch {one.epoch}: taken {one.taken} of {one.last} keys, base {one.base}")
    if len(one.dropped) > DROP_REASONS:
        _refuse(f"epoch {one.epoch}: {len(one.dropped)} reasons")
    for reason, count in one.dropped.items():
        if not POINT.fullmatch(reason) or not 0 < count <= COUNT:
            _refuse(f"epoch {one.epoch}: dropped {reason[:40]!r} {count}")
    if sum(one.dropped.values()) > one.taken:
        _refuse(f"epoch {one.epoch}: dropped more than the {one.taken} taken")


def _refuse(detail: str) -> None:
    raise WireError(Refusal.STATEMENT_INCONSISTENT, detail)
