"""Receipts: the JSON names and the round trip (their refusals: test_refusal.py)."""

from wire.bounds import BOOT, EPOCHS_STATED, MONO, RANGES, SENT_BYTES
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


def test_whoever_says_nothing_of_the_short_form_does_not_read_it() -> None:
    receipt = Receipt(Lane.BULK, EPOCH, (), (), None, 1_790_000_000_000_000, reads_short=True)
    payload = encode_receipt(receipt)
    assert payload.endswith(b',"reads_short":true}')
    assert decode_receipt(payload).reads_short
    assert not decode_receipt(payload.replace(b',"reads_short":true', b"")).reads_short


def test_a_gateway_passes_over_what_later_servers_will_say() -> None:
    """As one that did not know `reads_short` yet."""
    payload = b'{"lane":"bulk","epoch":"%s","have":[],"done":[],"for":null,"time":%d,"more":[1]}'
    assert decode_receipt(payload % (EPOCH.encode(), 1_790_000_000_000_000)).have == ()


def test_the_fullest_receipt_fits() -> None:
    receipt = Receipt(
        Lane.URGENT,
        EPOCH,
        tuple((2**52 + 2 * n, 2**52 + 2 * n) for n in range(RANGES)),
        tuple(f"{n:016x}" for n in range(EPOCHS_STATED)),
        Echo("b" * BOOT, MONO),
        1_790_000_000_000_000,
        reads_short=True,
    )
    payload = encode_receipt(receipt)
    assert len(payload) < SENT_BYTES
    assert decode_receipt(payload) == receipt
