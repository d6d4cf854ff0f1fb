"""The ledger of a lane: where its readings are, epoch by epoch and in sum."""

from collections import Counter
from collections.abc import Iterable

from ingest_server.intake.sequence import Account


def total(accounts: Iterable[Account]) -> Account:
    """The sum; it balances because each of them does."""
    sums: Counter[str] = Counter()
    dropped: Counter[str] = Counter()
    for one in accounts:
        sums["taken"] += one.taken
        sums["stored"] += one.stored
        sums["rejected"] += one.rejected
        sums["thinned"] += one.thinned
        sums["lost_after_receipt"] += one.lost_after_receipt
        sums["buffered"] += one.buffered
        dropped.update(one.dropped)
    return Account(
        taken=sums["taken"],
        stored=sums["stored"],
        rejected=sums["rejected"],
        thinned=sums["thinned"],
        dropped=dict(dropped),
        lost_after_receipt=sums["lost_after_receipt"],
        buffered=sums["buffered"],
    )


def is_balanced(one: Account) -> bool:
    """Whether taken is the sum of all the others."""
    placed = one.stored + one.rejected + one.thinned + sum(one.dropped.values())
    return one.taken == placed + one.lost_after_receipt + one.buffered
