"""SenML both ways: base fields, quality siblings, time, strangers."""

import pytest

from wire.batch import Batch, decode_batch, encode_batch, encode_checked
from wire.bounds import INFLATED_BYTES, RECORDS, TEXT
from wire.quality import GOOD, Limit, Quality, Status, bad, uncertain
from wire.reading import Reading
from wire.refusal import Refusal, WireError

T = 1_790_000_000_000_000


def test_a_heartbeat_is_an_empty_array() -> None:
    assert encode_batch(Batch("gw-1", ())) == b"[]"
    assert decode_batch(b"[]", "gw-1") == Batch("gw-1", ())


def test_base_name_stands_once_per_run_of_a_device_and_base_time_once() -> None:
    readings = (
        Reading("a", "p", T, 1.5, "m"),
        Reading("a", "q", T + 1, True),
        Reading("b", "p", T + 2, "on"),
        Reading("a", "p", T + 3, 2.0, "m"),
    )
    assert encode_batch(Batch("gw-1", readings)) == (
        b'[{"bn":"gw-1:a:","bt":1790000000,"n":"p","u":"m","v":1.5,"t":0.0},'
        b'{"n":"q","vb":true,"t":1e-6},'
        b'{"bn":"gw-1:b:","n":"p","vs":"on","t":2e-6},'
        b'{"bn":"gw-1:a:","n":"p","u":"m","v":2.0,"t":3e-6}]'
    )


def test_tight_gives_each_instant_a_base_time_of_its_own() -> None:
    readings = (
        Reading("a", "p", T + 46_712, 1.5, "m"),
        Reading("a", "q", T + 46_712, True, None, uncertain("stale")),
        Reading("b", "p", T + 46_712, "on"),
        Reading("b", "p", T + 1_000_001, "off"),
    )
    payload = encode_batch(Batch("gw-1", readings), tight=True)
    assert payload == (
        b'[{"bn":"gw-1:a:","bt":1790000000.046712,"n":"p","u":"m","v":1.5},'
        b'{"n":"q","vb":true},{"n":"q:q","vs":"uncertain/stale"},'
        b'{"bn":"gw-1:b:","n":"p","vs":"on"},'
        b'{"bt":1790000001.000001,"n":"p","vs":"off"}]'
    )
    assert decode_batch(payload, "gw-1") == Batch("gw-1", readings)
    assert encode_checked(Batch("gw-1", readings)) == payload


def test_what_was_checked_is_written_alike_and_its_times_are_looked_at() -> None:
    boot = Batch("gw-1", (Reading("a", "p", 5, 1.5), Reading("a", "q", 7, "on")), relative=True)
    assert encode_checked(boot) == encode_batch(boot, tight=True)
    with pytest.raises(WireError) as refused:
        encode_checked(Batch("gw-1", boot.readings))
    assert refused.value.reason is Refusal.TIME_MIXED


def test_good_is_silent_uncertain_has_a_sibling_bad_has_no_value() -> None:
    readings = (
        Reading("a", "p", 0, 1.0, "m"),
        Reading("a", "q", 0, 2.0, "m", uncertain("stale", Limit.LOW)),
        Reading("a", "r", 0, None, None, bad("sensor_fault")),
    )
    payload = encode_batch(Batch("gw-1", readings, relative=True))
    assert payload == (
        b'[{"bn":"gw-1:a:","n":"p","u":"m","v":1.0,"t":0.0},{"n":"q","u":"m","v":2.0,"t":0.0},'
        b'{"n":"q:q","vs":"uncertain/stale/low","t":0.0},{"n":"r:q","vs":"bad/sensor_fault","t":0.0}]'
    )
    assert decode_batch(payload, "gw-1").readings == readings


def test_the_sibling_may_come_first_and_order_is_that_of_first_mention() -> None:
    payload = b'[{"bn":"gw-1:a:","n":"p:q","vs":"uncertain/stale"},{"n":"z","v":1},{"n":"p","v":2}]'
    assert decode_batch(payload, "gw-1").readings == (
        Reading("a", "p", 0, 2.0, None, uncertain("stale")),
        Reading("a", "z", 0, 1.0),
    )


def test_base_fields_hold_until_the_next_of_their_kind() -> None:
    payload = (
        b'[{"bn":"gw-1:a:","bt":1790000000,"bu":"V","bv":10,"n":"p","v":1},{"n":"q","v":2,"u":"m"},'
        b'{"bn":"","n":"gw-1:b:p","bt":1790000001.5,"bv":0,"v":3,"t":-0.25},{"n":"gw-1:b:s","vb":true}]'
    )
    assert decode_batch(payload, "gw-1") == Batch(
        "gw-1",
        (
            Reading("a", "p", T, 11.0, "V"),
            Reading("a", "q", T, 12.0, "m"),
            Reading("b", "p", T + 1_250_000, 3.0, "V"),
            Reading("b", "s", T + 1_500_000, True),
        ),
    )


def test_a_point_may_be_called_q_and_may_end_in_an_underscore() -> None:
    readings = (Reading("a", "q", T, 1.0, quality=uncertain("stale")), Reading("a", "p_", T, 1.0))
    assert decode_batch(encode_batch(Batch("g", readings)), "g").readings == readings


def test_unknown_fields_are_passed_over_and_the_last_of_a_doubled_field_counts() -> None:
    payload = b'[{"n":"g:a:p","v":1,"v":2,"ut":60,"l":[1e999,"_"],"x":{"_y_":1}}]'
    assert decode_batch(payload, "g").readings == (Reading("a", "p", 0, 2.0),)


def test_a_test_mark_survives_without_any_other_fault() -> None:
    reading = Reading("a", "p", T, True, quality=Quality(test=True))
    payload = encode_batch(Batch("g", (reading,)))
    assert b'"vs":"test/good/ok"' in payload
    assert decode_batch(payload, "g").readings[0].quality == Quality(Status.GOOD, test=True)


@pytest.mark.parametrize(
    ("reason", "readings"),
    [
        (Refusal.NOT_FINITE, [Reading("a", "p", T, float("nan"))]),
        (Refusal.VALUE_MISSING, [Reading("a", "p", T, None)]),
        (Refusal.DOUBLED_RECORD, [Reading("a", "p", T, 1.0), Reading("a", "p", T, 2.0)]),
        (Refusal.TIME_MIXED, [Reading("a", "p", 5, 1.0)]),
        (Refusal.TIME_MIXED, [Reading("a", "p", T, 1.0), Reading("a", "p", 5, 1.0)]),
        (Refusal.TIME_RANGE, [Reading("a", "p", 1_500_000_000_000_000, 1.0)]),
    ],
)
def test_what_the_server_would_refuse_is_not_written(
    reason: Refusal, readings: list[Reading]
) -> None:
    with pytest.raises(WireError) as refused:
        encode_batch(Batch("g", tuple(readings)))
    assert refused.value.reason is reason


def test_a_relative_batch_may_not_hold_absolute_times() -> None:
    with pytest.raises(WireError, match="time_mixed"):
        encode_batch(Batch("g", (Reading("a", "p", T, 1.0),), relative=True))


def test_as_many_records_as_allowed_are_taken() -> None:
    readings = tuple(Reading("a", "p", T + n, 1.0, quality=GOOD) for n in range(RECORDS))
    assert decode_batch(encode_batch(Batch("g", readings)), "g").readings == readings


def test_how_much_goes_into_a_batch_is_decided_by_the_caller() -> None:
    many = tuple(Reading("a", "p", T + n, 1.0) for n in range(RECORDS + 1))
    with pytest.raises(WireError, match="too_many_records"):
        decode_batch(encode_batch(Batch("g", many)), "g")
    long = tuple(Reading("a", "p", T + n, "x" * TEXT) for n in range(130))
    assert len(encode_batch(Batch("g", long))) > INFLATED_BYTES
