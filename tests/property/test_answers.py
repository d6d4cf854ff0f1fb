"""Merged receipts say what single ones would have said, and never more than the book has."""

from dataclasses import dataclass
from itertools import chain

import hypothesis.strategies as st
from hypothesis import given

from ingest_server.db.lane_book import LaneBook
from ingest_server.intake.answers import Answers
from ingest_server.intake.sequence import done, have, hear
from wire.bounds import EPOCHS_STATED, RANGES
from wire.envelope import ClockState, Cover, Envelope, Key, Sent
from wire.receipt import Receipt
from wire.statement import EpochStatement, Statement
from wire.topic import Lane

EPOCH = "a" * 16
ENDED = [f"{number:016x}" for number in range(80)]
AT = ("gw-001", Lane.URGENT)
NOW = 1_790_000_000_000_000


@dataclass(frozen=True)
class Said:
    """A message: its key if it has one, its floor, which ended epochs it lists, when it left."""

    seq: int | None
    floor: int
    over: tuple[tuple[str, bool], ...]
    mono: int

    def envelope(self, number: int) -> Envelope:
        listed = tuple(
            EpochStatement(name, floor=1 + is_out, last=1, ended=True, taken=1, base=0)
            for name, is_out in self.over
        )
        current = EpochStatement(EPOCH, self.floor, self.seq or 0, False, 0, 0)
        return Envelope(
            key=None if self.seq is None else Key(EPOCH, self.seq, 1),
            statement=Statement(number, (current, *listed)),
            sent=Sent("boot", self.mono, ClockState.SYNCHRONISED),
        )


messages = st.builds(
    Said,
    seq=st.none() | st.integers(1, 300),
    floor=st.integers(1, 300),
    over=st.lists(
        st.tuples(st.sampled_from(ENDED), st.booleans()),
        max_size=EPOCHS_STATED - 1,
        unique_by=lambda one: one[0],
    ).map(tuple),
    mono=st.integers(0, 1_000),
)


@given(had=st.sets(st.integers(1, 300)), slice_of=st.lists(messages, min_size=1, max_size=120))
def test_one_slice_is_answered_as_its_messages_would_be(
    had: set[int], slice_of: list[Said]
) -> None:
    book, answers = LaneBook(), Answers()
    have(book, EPOCH, [Cover(seq, 1, 1) for seq in sorted(had)], NOW, stored=True)
    over: set[str] = set()
    for number, said in enumerate(slice_of, 1):
        envelope = said.envelope(number)
        if said.seq is not None and said.seq not in had:
            have(book, EPOCH, [Cover(said.seq, 1, 1)], NOW, stored=True)
        assert envelope.statement is not None
        hear(book, envelope.statement, NOW)
        over |= set(done(book, envelope.statement))
        answers.ask(*AT, envelope, book)
    receipts = [one.receipt for one in answers.receipts({AT: book}, NOW)]
    had |= {said.seq for said in slice_of if said.seq is not None}
    came = {said.seq for said in slice_of if said.seq is not None and said.seq >= said.floor}
    _check_have(receipts, had, came, min(said.floor for said in slice_of))
    assert sorted(chain(*(one.done for one in receipts))) == sorted(over)
    assert all(len(one.done) <= EPOCHS_STATED for one in receipts)
    assert {one.answers.mono for one in receipts if one.answers} == {
        max(said.mono for said in slice_of)
    }


def _check_have(receipts: list[Receipt], had: set[int], came: set[int], floor: int) -> None:
    said = [one.have for one in receipts]
    assert all(len(one) <= RANGES for one in said)
    ranges = [*chain(*said)]
    keys = set(chain(*(range(low, high + 1) for low, high in ranges)))
    assert came <= keys <= had
    assert min(keys, default=floor) >= floor
    holds = [any(low <= seq <= high for seq in came) for low, high in ranges]
    first = holds.index(False) if False in holds else len(holds)
    assert came <= set(chain(*(range(low, high + 1) for low, high in ranges[:first])))
    rest = ranges[first:]
    assert rest == sorted(rest)
    assert (
        len(receipts) <= 1 or first > RANGES * (len(receipts) - 1) or _is_full_of_epochs(receipts)
    )


def _is_full_of_epochs(receipts: list[Receipt]) -> bool:
    return all(len(one.done) == EPOCHS_STATED for one in receipts[:-1])
