"""The sum of balanced accounts balances, whatever they hold."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ingest_server.api.ledger import is_balanced, total
from ingest_server.intake.sequence import Account

_count = st.integers(0, 10**6)
_balanced = st.builds(
    lambda stored, rejected, thinned, lost, buffered, dropped: Account(
        taken=stored + rejected + thinned + lost + buffered + sum(dropped.values()),
        stored=stored,
        rejected=rejected,
        thinned=thinned,
        dropped=dropped,
        lost_after_receipt=lost,
        buffered=buffered,
    ),
    _count,
    _count,
    _count,
    _count,
    _count,
    st.dictionaries(st.sampled_from(("evicted", "too_large")), _count),
)


@given(st.lists(_balanced, max_size=5))
def test_the_sum_balances(accounts: list[Account]) -> None:
    found = total(accounts)
    assert is_balanced(found)
    assert found.taken == sum(one.taken for one in accounts)
    assert sum(found.dropped.values()) == sum(sum(one.dropped.values()) for one in accounts)


@given(_balanced)
def test_one_that_does_not_balance_is_told(account: Account) -> None:
    assert not is_balanced(replace(account, taken=account.taken + 1))
