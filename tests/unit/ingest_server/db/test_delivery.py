"""A delivery's id is stable, unique to its three words, and may be signed."""

from hypothesis import given
from hypothesis import strategies as st

from ingest_server.db.delivery import delivery_id

WORDS = st.tuples(st.text(max_size=20), st.integers(1, 99), st.from_regex(r"[a-z0-9-]{1,9}\Z"))


def test_it_never_changes() -> None:
    assert delivery_id("al-1", 2, "city") == "msg_daedeaaed2fdce4cc3ee0456e82e2759"


@given(WORDS, WORDS)
def test_two_deliveries_have_two_ids_without_dots(
    one: tuple[str, int, str],
    other: tuple[str, int, str],
) -> None:
    assert (delivery_id(*one) == delivery_id(*other)) == (one == other)
    assert "." not in delivery_id(*one)
