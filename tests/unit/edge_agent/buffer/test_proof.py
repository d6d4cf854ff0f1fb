"""A proof holds for exactly these fields of this kind of row."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.buffer.proof import DamagedError, Field, Kind, check, is_proven, proof

FIELDS = st.lists(
    st.one_of(st.integers(-(2**63), 2**63 - 1), st.text(), st.binary(), st.none()), min_size=1
)


@given(st.sampled_from(Kind), FIELDS)
def test_what_was_proven_is_believed(kind: Kind, fields: list[Field]) -> None:
    said = tuple(fields)
    assert check(kind, (*said, proof(kind, said))) == said


@given(FIELDS, st.data())
def test_another_field_order_or_kind_is_not(fields: list[Field], data: st.DataObject) -> None:
    said = tuple(fields)
    stated = proof(Kind.BATCH, said)
    assert not is_proven(Kind.EPOCH, (*said, stated))
    assert not is_proven(Kind.BATCH, (*said, None, stated))
    place = data.draw(st.integers(0, len(said) - 1))
    other = data.draw(
        st.one_of(st.integers(), st.text(), st.none()).filter(lambda v: v != said[place])
    )
    changed = (*said[:place], other, *said[place + 1 :])
    if type(other) is not bool:
        assert not is_proven(Kind.BATCH, (*changed, stated))


def test_what_can_not_be_told_is_no_proof() -> None:
    assert not is_proven(Kind.META, ("\ud800", 1))
    assert not is_proven(Kind.META, (2**70, 1))
    with pytest.raises(DamagedError, match="anchor"):
        check(Kind.ANCHOR, (1, "b", 2))
