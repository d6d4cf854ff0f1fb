"""Samples become batches that the server will take, whatever the samples are."""

from random import Random

import pytest
from msgspec.structs import replace

from edge_agent.buffer.packing import Packer, Pending, Trail
from edge_agent.buffer.rows import Draft
from edge_agent.buffer.timebase import STEP_US, Timebase
from edge_agent.exchange import Sample
from wire.batch import Batch, decode_batch
from wire.bounds import RECORDS, SENT_BYTES
from wire.codec import unpack
from wire.envelope import ClockState
from wire.quality import Reason, Status, uncertain
from wire.reading import Value
from wire.refusal import WireError

OFFSET = 1_763_700_000_000_000
SET = Timebase(ClockState.SYNCHRONISED, OFFSET, "boot", 9_000_000)
UNSET = Timebase(ClockState.UNSET, None, "boot", 9_000_000)


def pending(*samples: tuple[Value, int]) -> list[Pending]:
    trail = Trail("d", "p", "m")
    return [Pending(trail, Sample("p", value, mono_us)) for value, mono_us in samples]


def batches(drafts: list[Draft]) -> list[Batch]:
    return [decode_batch(unpack(d.payload, d.encoding), "gw") for d in drafts]


def test_a_set_clock_gives_utc() -> None:
    drafts = Packer("gw").drafts(pending((1.5, 7_000_123)), SET)
    (batch,) = batches(drafts)
    (reading,) = batch.readings
    assert (reading.time_us, reading.value, reading.unit) == (OFFSET + 7_000_123, 1.5, "m")
    assert not batch.relative
    assert (drafts[0].base.mono, drafts[0].base.boot) == (7_000, "boot")


def test_an_unset_clock_gives_times_from_the_base() -> None:
    drafts = Packer("gw").drafts(pending((True, 7_000_123), (False, 7_500_000)), UNSET)
    (batch,) = batches(drafts)
    assert batch.relative
    assert [r.time_us + drafts[0].base.mono * 1_000 for r in batch.readings] == [
        7_000_123,
        7_500_000,
    ]


def test_two_samples_of_a_point_never_fall_on_one_instant() -> None:
    pack = Packer("gw")
    waiting = [pack.placed("d", Sample("p", 1.0, mono_us), "m") for mono_us in (5, 5, 4, 5)]
    times = [
        r.time_us - OFFSET for batch in batches(pack.drafts(waiting, SET)) for r in batch.readings
    ]
    assert times == [5, 6, 7, 8]
    assert batches(pack.drafts(waiting, SET)) == batches(pack.drafts(waiting, SET))


def test_news_is_what_differs_from_the_one_before_of_its_point() -> None:
    pack = Packer("gw")
    said = [("p", 1.0), ("p", 1.0), ("q", 1.0), ("p", 2.0), ("p", 2.0)]
    news = [pack.placed("d", Sample(point, value, 5), "m").is_news for point, value in said]
    assert news == [True, False, True, True, False]
    bad = Sample("p", 2.0, 6, uncertain(Reason.STALE))
    assert pack.placed("d", bad, "m").is_news
    assert pack.placed("e", bad, "m").is_news


def test_a_foreign_unit_travels_as_bad_and_a_foreign_name_not_at_all() -> None:
    pack = Packer("gw")
    (batch,) = batches(pack.drafts([pack.placed("d", Sample("p", 1.0, 1), "furlong")], SET))
    assert (batch.readings[0].value, batch.readings[0].unit) == (None, None)
    with pytest.raises(WireError, match="bad device id or point"):
        pack.placed("d", Sample("P!", 1.0, 1), "m")


def test_states_and_texts_have_no_unit() -> None:
    (batch,) = batches(Packer("gw").drafts(pending((True, 1), ("none", 2)), SET))
    assert [reading.unit for reading in batch.readings] == [None, None]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "x" * 5_000])
def test_what_the_wire_does_not_carry_travels_as_bad(value: Value) -> None:
    (batch,) = batches(Packer("gw").drafts(pending((value, 1)), SET))
    (reading,) = batch.readings
    assert (reading.value, reading.quality.status) == (None, Status.BAD)
    assert reading.quality.reason == Reason.CONFIGURATION


def test_a_large_group_is_split_within_the_bounds() -> None:
    noise = Random(1)
    texts = pending(*((noise.randbytes(2_000).hex(), at) for at in range(90)))
    drafts = Packer("gw").drafts(texts, SET)
    assert len(drafts) > 1
    assert all(len(draft.payload) <= SENT_BYTES for draft in drafts)
    assert sum(draft.taken for draft in drafts) == 90
    times = [reading.time_us for batch in batches(drafts) for reading in batch.readings]
    assert times == [OFFSET + at for at in range(90)]


def test_many_readings_with_quality_stay_within_the_records_of_a_message() -> None:
    stale = uncertain(Reason.STALE)
    waiting = [Pending(Trail("d", "p"), Sample("p", True, i, stale)) for i in range(RECORDS)]
    drafts = Packer("gw").drafts(waiting, SET)
    assert sum(len(batch.readings) for batch in batches(drafts)) == RECORDS


def test_utc_set_back_a_little_reorders_nothing() -> None:
    """A step of the clock that counts as drift, and one that counts as a step."""
    pack = Packer("gw")
    for ago, back_us in ((0, 0), (1, 1_900_000), (2, 3_600_000_000)):
        waiting = [pack.placed("d", Sample("p", 1.0, 7_000_000 + ago), "m")]
        timebase = replace(SET, offset_us=OFFSET - back_us)
        (batch,) = batches(pack.drafts(waiting, timebase))
        expected = OFFSET + 7_000_000 + ago if back_us < STEP_US else OFFSET - back_us + 7_000_002
        assert batch.readings[0].time_us == expected
        assert batches(pack.drafts(waiting, timebase)) == [batch]
