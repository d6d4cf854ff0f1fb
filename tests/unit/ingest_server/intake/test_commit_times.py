"""Sums of all commits, quantiles of the last ones."""

from ingest_server.intake.commit_times import CommitTimes


def test_sums_and_quantiles() -> None:
    times = CommitTimes()
    assert times.quantile(0.5) is None
    for took in range(1, 1_001):
        times.add(took)
    assert (times.count, times.total_us) == (1_000, 500_500)
    assert times.quantile(0.0) == 489
    assert times.quantile(0.5) == 745
    assert times.quantile(0.99) == 995
    assert times.quantile(1.0) == 1_000
