"""Every row is looked at, what is young first; what is lost is looked at again."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from edge_agent.uplink.feeds import Feed, Feeds, Span


def take(
    feeds: Feeds,
    feed: Feed,
    rows: range,
    sent: list[int],
    most: int,
    *,
    lost_meanwhile: Sequence[int] = (),
) -> None:
    """As a sender does: rows of the span that are not under way, at most so many.

    `lost_meanwhile`: places in `sent` of what is lost while the disk is asked.
    """
    span = feeds.span(feed)
    if span is None:
        return
    end = len(rows) if span.until is None else span.until
    found = [n for n in rows if span.after < n <= end and n not in sent][:most]
    for place in lost_meanwhile:
        if sent:
            feeds.rewind(sent.pop(place % len(sent)))
    feeds.read(feed, found[-1] if found else None)
    sent.extend(found)


def test_at_the_start_what_is_young_goes_before_what_waits() -> None:
    feeds, sent = Feeds(), list[int]()
    feeds.begin(8)
    take(feeds, Feed.LIVE, range(1, 11), sent, 9)
    take(feeds, Feed.BACKLOG, range(1, 11), sent, 9)
    assert sent == [8, 9, 10, 1, 2, 3, 4, 5, 6, 7]


def test_when_all_was_looked_at_nothing_is_asked_until_rows_come() -> None:
    feeds, sent = Feeds(), list[int]()
    feeds.begin(1)
    for _ in range(2):
        take(feeds, Feed.LIVE, range(1, 4), sent, 9)
        take(feeds, Feed.BACKLOG, range(1, 4), sent, 9)
    assert (feeds.span(Feed.LIVE), feeds.span(Feed.BACKLOG)) == (None, None)
    feeds.came()
    assert feeds.span(Feed.LIVE) == Span(3, None)
    assert feeds.span(Feed.BACKLOG) is None


def test_a_row_that_was_lost_is_new_again() -> None:
    feeds, sent = Feeds(), list[int]()
    feeds.begin(1)
    for feed in (Feed.LIVE, Feed.LIVE, Feed.BACKLOG):
        take(feeds, feed, range(1, 6), sent, 9)
    sent.remove(3)
    feeds.rewind(3)
    take(feeds, Feed.BACKLOG, range(1, 6), sent, 9)
    assert sent == [1, 2, 4, 5, 3]


def test_a_row_that_is_lost_while_the_next_are_looked_for_is_new_again() -> None:
    """A link breaks under a backlog: what was under way is lost just then, most times."""
    feeds, sent = Feeds(), list[int]()
    feeds.begin(10)
    take(feeds, Feed.BACKLOG, range(1, 10), sent, 3)
    take(feeds, Feed.BACKLOG, range(1, 10), sent, 3, lost_meanwhile=(0, 0, 0))
    take(feeds, Feed.BACKLOG, range(1, 10), sent, 9)
    assert sent == [4, 5, 6, 1, 2, 3, 7, 8, 9]


def test_a_row_that_is_lost_while_nothing_more_is_found_is_new_again() -> None:
    feeds, sent = Feeds(), list[int]()
    feeds.begin(4)
    take(feeds, Feed.BACKLOG, range(1, 4), sent, 3)
    take(feeds, Feed.BACKLOG, range(1, 4), sent, 3, lost_meanwhile=(1,))
    take(feeds, Feed.BACKLOG, range(1, 4), sent, 3)
    assert sent == [1, 3, 2]


LOST = st.lists(st.integers(0, 50), max_size=3)
EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("come"), st.integers(1, 5), st.just([])),
        st.tuples(st.just("live"), st.integers(1, 4), LOST),
        st.tuples(st.just("backlog"), st.integers(1, 4), LOST),
        st.tuples(st.just("lose"), st.integers(0, 50), st.just([])),
        st.tuples(st.just("young"), st.integers(0, 50), st.just([])),
    ),
    max_size=60,
)


@given(EVENTS)
@settings(max_examples=300)
def test_whatever_happens_every_row_leaves_in_the_end(
    events: list[tuple[str, int, list[int]]],
) -> None:
    feeds, sent, count = Feeds(), list[int](), 0
    for what, number, meanwhile in events:
        if what == "come":
            count += number
            feeds.came()
        elif what == "lose" and sent:
            lost = sent.pop(number % len(sent))
            feeds.rewind(lost)
        elif what == "young":
            feeds.begin(max(count - number, 0) + 1)
        elif what in list(Feed):
            take(feeds, Feed(what), range(1, count + 1), sent, number, lost_meanwhile=meanwhile)
    for _ in range(2 * count + 4):
        take(feeds, Feed.LIVE, range(1, count + 1), sent, 3)
        take(feeds, Feed.BACKLOG, range(1, count + 1), sent, 3)
    assert sorted(sent) == list(range(1, count + 1))
    assert not feeds.has(Feed.LIVE)
    assert not feeds.has(Feed.BACKLOG)
