"""A loss is told once for each kind, from its first to its last instant."""

from edge_agent.buffer.losses import POINT, Instant, Loss, Lost, samples, summed

UTC = 1_790_000_000_000_000


def loss(what: Lost, start: int, end: int, gone: int = 1, *, boot: str = "") -> Loss:
    first, last = (Instant(at, boot or "b", not boot) for at in (start, end))
    return Loss(what, "bulk", "bulk_full", first, last, gone, 10)


def test_it_says_from_when_to_when_and_why() -> None:
    assert str(loss(Lost.THINNED, UTC, UTC + 60_500_000, 7)) == (
        "thinned bulk bulk_full 2026-09-21T14:13:20.000Z/2026-09-21T14:14:20.500Z 7/10"
    )
    assert str(loss(Lost.GIVEN_UP, 0, 1_500_000, 10, boot="b-7")) == (
        "given_up bulk bulk_full b-7+0.000s/b-7+1.500s 10/10"
    )


def test_those_of_one_kind_and_clock_are_one() -> None:
    one, other = loss(Lost.THINNED, UTC, UTC + 5, 2), loss(Lost.THINNED, UTC - 5, UTC, 3)
    unset = loss(Lost.THINNED, 1, 2, boot="b-7")
    both, alone = summed([one, other, unset])
    assert (both.start.at_us, both.end.at_us, both.gone, both.taken) == (UTC - 5, UTC + 5, 5, 20)
    assert alone == unset


def test_they_travel_as_readings_at_instants_of_their_own() -> None:
    told = samples([loss(Lost.THINNED, UTC, UTC), loss(Lost.GIVEN_UP, UTC, UTC)], 77)
    assert [(one.point, one.mono_us) for one in told] == [(POINT, 77), (POINT, 78)]
