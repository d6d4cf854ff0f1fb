"""Receipts: the JSON names and the round trip (their refusals: test_refusal.py)."""

from wire.bounds import EPOCHS_STATED, RANGES, SENT_BYTES
from wire.receipt import Echo, Receipt, decode_receipt, encode_receipt
from wire.topic import Lane

EPOCH = "0123456789abcdef"


def test_is_written_with_the_names_of_the_contract() -> None:
    receipt = Receipt(
        Lane.BULK, EPOCH, ((7, 9), (1, 2)), (EPOCH,), Echo("b", 5), 1_790_000_000_000_000
    )
    payload = encode_receipt(receipt)
    assert payload == (
        b'{"lane":"bulk","epoch":"0123456789abcdef","have":[[7,9],[1,2]],'
        b'"done":["0123456789abcdef"],"for":{"boot":"b","mono":5},"time":1790000000000000}'
    )
    assert decode_receipt(payload) == receipt


def test_the_fullest_receipt_fits() -> None:
    receipt = Receipt(
        Lane.URGENT,
        EPOCH,
        tuple((2**52 + 2 * n, 2**52 + 2 * n) for n in range(RANGES)),
        tuple(f"{n:016x}" for n in range(EPOCHS_STATED)),
        None,
        1_790_000_000_000_000,
    )
    payload = encode_receipt(receipt)
    assert len(payload) < SENT_BYTES
    assert decode_receipt(payload) == receipt
