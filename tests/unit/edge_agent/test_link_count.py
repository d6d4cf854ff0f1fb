"""A link of which nothing is known yet."""

from edge_agent.link_count import LinkCount


def test_nothing_was_asked() -> None:
    count = LinkCount()
    assert (count.polls, count.good, count.reply_p50_us) == (0, 0, None)
