"""By halves: every line ends stored or refused, whichever are bad, in few requests."""

from hypothesis import given
from hypothesis import strategies as st

from ingest_server.store.halving import Halving, joined
from ingest_server.store.verdict import Answer, Reason, Verdict


def played(lines: int, bad: set[int]) -> tuple[Halving, set[int], int]:
    """Against one who stores nothing of a part with a bad line; what he has, and the requests."""
    halving = Halving(lines)
    stored: set[int] = set()
    requests = 0
    while (part := halving.part) is not None:
        requests += 1
        if not bad.intersection(part):
            stored.update(part)
            halving.told(Verdict.STORED, Answer(204))
        elif len(part) > 1:
            halving.told(Verdict.SPLIT, Answer(400))
        else:
            halving.told(Verdict.REFUSED, Answer(400, "unable to parse"))
    return halving, stored, requests


@given(st.integers(0, 300), st.sets(st.integers(0, 299), max_size=5))
def test_exactly_the_bad_ones_are_refused(lines: int, some: set[int]) -> None:
    bad = {one for one in some if one < lines}
    halving, stored, requests = played(lines, bad)
    assert {one.number for one in halving.refused} == bad
    assert stored == set(range(lines)) - bad
    assert requests <= 1 + 2 * 9 * len(bad)


def test_one_bad_line_among_five_thousand_costs_few_requests() -> None:
    halving, _, requests = played(5_000, {4_321})
    assert requests <= 27
    (refused,) = halving.refused
    assert (refused.number, refused.reason, refused.text) == (
        4_321,
        Reason.LINE_REFUSED,
        "unable to parse",
    )


def test_later_means_the_same_again() -> None:
    halving = Halving(4)
    halving.told(Verdict.LATER, Answer(503))
    still = halving.part
    assert still == range(4)
    halving.told(Verdict.REFUSED, Answer(422, "type conflict dropped=4"))
    assert halving.part is None
    assert [one.number for one in halving.refused] == [0, 1, 2, 3]


def test_a_part_is_sent_in_one_body() -> None:
    assert joined([b"a", b"b", b"c", b"d"], range(1, 3)) == b"b\nc"
