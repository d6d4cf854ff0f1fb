"""Stored rows become readings by key, and thinned readings one message again."""

from msgspec.structs import replace

from edge_agent.buffer.losses import Lost
from edge_agent.buffer.retention import Eviction, Full
from edge_agent.buffer.row_id import row_id
from edge_agent.buffer.stored import Stored
from edge_agent.buffer.thinning import Thinned, thin
from edge_agent.buffer.unpacking import candidate, loss, neighbours, packed
from wire.batch import Batch, decode_batch, encode_batch
from wire.codec import unpack
from wire.envelope import Base, ClockState
from wire.reading import Reading
from wire.topic import Lane

T0 = 1_790_000_040_000_000
A, B = "a" * 16, "b" * 16
EVICTION = Eviction(Lane.BULK, 1, Full.BULK_FULL)


def row(seq: int, *values: float, epoch: str = A, relative: bool = False) -> Stored:
    start = 5 if relative else T0 + seq * 1_000_000
    batch = Batch(
        "gw",
        tuple(Reading("d", "level", start + n, v, "m") for n, v in enumerate(values)),
        relative=relative,
    )
    clock = "unset" if relative else "synchronised"
    number = row_id(Lane.BULK, 1 + (epoch == B), seq)
    taken = len(values)
    payload = encode_batch(batch)
    return Stored(number, epoch, 0, 0, 0, seq, taken, taken, None, "b", seq, clock, "raw", payload)


def test_runs_end_at_what_is_passed_over_unreadable_or_of_another_epoch() -> None:
    found = [row(n, 1.0) for n in range(1, 7)] + [row(1, 1.0, epoch=B)]
    found[4] = replace(found[4], payload=b"nonsense")
    runs = list(neighbours(found, {found[1].id}, "gw"))
    assert [
        [found.index(r) + 1 for one in run for r in found if r.id == one.id] for run in runs
    ] == [
        [1],
        [3, 4],
        [6],
        [7],
    ]


def test_a_thinned_row_is_read_cover_by_cover() -> None:
    one = replace(row(3, 1.0, 2.0, 3.0), covers="[[2,9,1],[3,5,2]]", taken=14)
    read = candidate(one, "gw")
    assert read is not None
    assert [(part.seq, part.taken, len(part.readings)) for part in read.parts] == [
        (2, 9, 1),
        (3, 5, 2),
    ]
    assert candidate(replace(one, covers="[[3,5,2]]"), "gw") is None


def test_what_is_thinned_travels_as_one_message() -> None:
    rows = [row(n, float(n), float(-n)) for n in range(1, 9)]
    (run,) = neighbours(rows, (), "gw")
    (one,) = thin(run, 60_000_000)
    sent = packed("gw", one)
    assert sent is not None
    encoding, payload = sent
    assert decode_batch(unpack(payload, encoding), "gw").readings == one.readings


def test_what_can_not_be_one_message_is_left_alone() -> None:
    twice = (Reading("d", "level", T0, 1.0, "m"),) * 2
    base = Base("b", 1, ClockState.SYNCHRONISED)
    assert packed("gw", Thinned((1,), base, False, (), twice)) is None
    many = tuple(Reading("d", "level", T0 + n, 1.0, "m") for n in range(3_000))
    assert packed("gw", Thinned((1,), base, False, (), many)) is None


def test_a_loss_spans_the_readings_that_it_took() -> None:
    told = loss(Lost.THINNED, EVICTION, [row(1, 1.0, 2.0), row(5, 3.0)], "gw", (2, 3))
    assert (told.start.at_us, told.end.at_us) == (T0 + 1_000_000, T0 + 5_000_000)
    assert told.start.is_utc
    unset = loss(Lost.GIVEN_UP, EVICTION, [row(3, 1.0, relative=True)], "gw", (1, 1))
    assert (unset.start.at_us, unset.start.is_utc, unset.start.boot) == (3_005, False, "b")
    dark = loss(Lost.GIVEN_UP, EVICTION, [replace(row(3, 1.0), payload=b"?")], "gw", (1, 1))
    assert (dark.start.at_us, dark.start.is_utc) == (3_000, False)
