"""Orders of outages and storms: read in full, refused with what would be right."""

from random import Random

import pytest

from simulators.fleet.incident import (
    JITTER_US,
    Incident,
    IncidentKind,
    OrderError,
    parse_duration,
    parse_outage,
    parse_share,
    parse_storm,
)


@pytest.mark.parametrize(
    ("text", "us"),
    [("500ms", 500_000), ("30s", 30_000_000), ("30", 30_000_000), ("1.5 min", 90_000_000),
     ("1h", 3_600_000_000), ("0s", 0)],
)  # fmt: skip
def test_durations(text: str, us: int) -> None:
    assert parse_duration(text) == us


def test_an_outage_in_full() -> None:
    found = parse_outage("at=30s,for=20s, share=0.5,jitter=0s")
    assert found == Incident(IncidentKind.OUTAGE, 30_000_000, 20_000_000, 0.5, 0)


def test_an_outage_strikes_all_and_a_storm_has_a_jitter_unless_told() -> None:
    assert parse_outage("at=1s,for=2s").share == 1.0
    assert parse_storm("at=60s") == Incident(IncidentKind.STORM, 60_000_000, jitter_us=JITTER_US)
    assert parse_storm("at=60s,jitter=0s").jitter_us == 0


@pytest.mark.parametrize(
    ("parse", "text", "told"),
    [
        (parse_duration, "soon", "is not a duration: write 500ms, 30s"),
        (parse_duration, "-1s", "is not a duration"),
        (parse_share, "1.1", "is not a share"),
        (parse_share, "half", "write a number from 0 to 1"),
        (parse_outage, "at=1s", "lacks for"),
        (parse_outage, "at=1s,for=1s,how=2", "'how=2': write each of at, for, jitter, share"),
        (parse_outage, "at=1s,at=2s,for=1s", "'at=2s'"),
        (parse_storm, "at=1s,for=1s", "'for=1s': write each of at, jitter once"),
        (parse_storm, "", "write each of"),
    ],
)
def test_refusals(parse: object, text: str, told: str) -> None:
    assert callable(parse)
    with pytest.raises(OrderError) as refused:
        parse(text)
    assert told in str(refused.value)


def test_a_share_of_the_connections_is_struck_at_least_one_and_by_seed() -> None:
    half = parse_outage("at=1s,for=1s,share=0.5")
    assert half.struck(10, Random(3)) == half.struck(10, Random(3))
    assert len(half.struck(10, Random(3))) == 5
    assert len(parse_outage("at=1s,for=1s,share=0").struck(10, Random(3))) == 1
    assert parse_storm("at=1s").struck(4, Random(3)) == [0, 1, 2, 3]
