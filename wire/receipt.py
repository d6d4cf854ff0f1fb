"""What the server has: ranges of keys of one epoch, and epochs that are done."""

import msgspec

from wire.bounds import COUNT, EPOCHS_STATED, RANGES, SENT_BYTES
from wire.refusal import Refusal, WireError
from wire.statement import is_epoch
from wire.topic import Lane


class Echo(msgspec.Struct, frozen=True):
    """Boot id and monotonic publish time (ms) of the message answered."""

    boot: str
    mono: int


class Receipt(msgspec.Struct, frozen=True, rename={"answers": "for"}):
    """`have`: at most 32 ranges [low, high] stored or quarantined, the one that triggered it first.

    `done`: epochs of the lane that are whole and may be forgotten. `time`: the server's UTC, us.
    """

    lane: Lane
    epoch: str
    have: tuple[tuple[int, int], ...]
    done: tuple[str, ...]
    answers: Echo | None
    time: int


_decoder = msgspec.json.Decoder(Receipt)
_encoder = msgspec.json.Encoder()


def encode_receipt(receipt: Receipt) -> bytes:
    return _encoder.encode(receipt)


def decode_receipt(payload: bytes) -> Receipt:
    """Raise WireError: TOO_LARGE, WRONG_SHAPE or NOT_JSON. A receipt deletes: take no liberties."""
    if len(payload) > SENT_BYTES:
        raise WireError(Refusal.TOO_LARGE, f"receipt of {len(payload)} bytes")
    try:
        receipt = _decoder.decode(payload)
    except msgspec.ValidationError as error:
        raise WireError(Refusal.WRONG_SHAPE, str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise WireError(Refusal.NOT_JSON, str(error)) from error
    if not is_epoch(receipt.epoch) or not all(is_epoch(epoch) for epoch in receipt.done):
        raise WireError(Refusal.WRONG_SHAPE, "an epoch is not 16 hexadecimal digits")
    if len(receipt.have) > RANGES or len(receipt.done) > EPOCHS_STATED:
        raise WireError(Refusal.WRONG_SHAPE, "too many ranges or epochs")
    for low, high in receipt.have:
        if not 1 <= low <= high <= COUNT:
            raise WireError(Refusal.WRONG_SHAPE, f"range {low}..{high}")
    return receipt
