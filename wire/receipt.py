"""What the server has: ranges of keys of one epoch, and epochs that are done."""

import msgspec

from wire.bounds import BOOT, COUNT, EARLIEST_US, EPOCHS_STATED, LATEST_US, MONO, RANGES, SENT_BYTES
from wire.refusal import Refusal, WireError
from wire.statement import is_epoch
from wire.strict_json import read
from wire.topic import Lane


class Echo(msgspec.Struct, frozen=True):
    """Boot id and monotonic publish time (ms) of the message answered."""

    boot: str
    mono: int


class Receipt(msgspec.Struct, frozen=True, omit_defaults=True, rename={"answers": "for"}):
    """`have`: at most 32 ranges [low, high] stored or quarantined, those that triggered it first.

    `done`: epochs of the lane that are whole and may be forgotten. `time`: the server's UTC, us.
    `answers`: the message answered last. `reads_short`: the sender reads the short envelope.
    """

    lane: Lane
    epoch: str
    have: tuple[tuple[int, int], ...]
    done: tuple[str, ...]
    answers: Echo | None
    time: int
    reads_short: bool = False


_decoder = msgspec.json.Decoder(Receipt)
_encoder = msgspec.json.Encoder()


def encode_receipt(receipt: Receipt) -> bytes:
    return _encoder.encode(receipt)


def decode_receipt(payload: bytes) -> Receipt:
    """Raise WireError: TOO_LARGE, WRONG_SHAPE, NOT_JSON or TIME_RANGE.

    A receipt deletes, and may set a clock: take no liberties.
    """
    receipt = read(_decoder, payload, SENT_BYTES)
    if not is_epoch(receipt.epoch) or not all(is_epoch(epoch) for epoch in receipt.done):
        raise WireError(Refusal.WRONG_SHAPE, "an epoch is not 16 hexadecimal digits")
    if len(receipt.have) > RANGES or len(receipt.done) > EPOCHS_STATED:
        raise WireError(Refusal.WRONG_SHAPE, "too many ranges or epochs")
    for low, high in receipt.have:
        if not 1 <= low <= high <= COUNT:
            raise WireError(Refusal.WRONG_SHAPE, f"range {low}..{high}")
    _check_times(receipt)
    return receipt


def _check_times(receipt: Receipt) -> None:
    echo = receipt.answers
    if echo is not None and not (1 <= len(echo.boot) <= BOOT and 0 <= echo.mono <= MONO):
        raise WireError(Refusal.WRONG_SHAPE, f"for: boot {echo.boot[:80]!r}, mono {echo.mono}")
    if not EARLIEST_US <= receipt.time < LATEST_US:
        raise WireError(Refusal.TIME_RANGE, f"time {receipt.time} us is not in 2020..2100")
