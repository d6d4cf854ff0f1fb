"""Receipts of one epoch together say what all of them say, and no more."""

from edge_agent.uplink.receipts import merged
from wire.receipt import Echo, Receipt
from wire.topic import Lane

T = 1_790_000_000_000_000
A, B = "a" * 16, "b" * 16


def receipt(lane: Lane, epoch: str, have: tuple[tuple[int, int], ...], mono: int = 1) -> Receipt:
    return Receipt(lane, epoch, have, ("c" * 16,), Echo("boot", mono), T + mono)


def test_what_is_had_is_had_together() -> None:
    found = merged(
        [
            receipt(Lane.BULK, A, ((1, 3), (7, 9))),
            receipt(Lane.URGENT, A, ((1, 1),)),
            receipt(Lane.BULK, A, ((4, 5), (9, 12)), mono=2),
            receipt(Lane.BULK, B, ((1, 1),)),
        ]
    )
    assert found == [
        receipt(Lane.BULK, A, ((1, 5), (7, 12)), mono=2),
        receipt(Lane.URGENT, A, ((1, 1),)),
        receipt(Lane.BULK, B, ((1, 1),)),
    ]


def test_one_stays_as_it_is() -> None:
    one = receipt(Lane.BULK, A, ((7, 9), (1, 3)))
    assert merged([one]) == [one]
    assert merged([]) == []
