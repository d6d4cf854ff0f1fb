"""User properties: what is written, what is left out, what is passed over."""

from wire.bounds import COUNT, COVERS, DROP_REASONS, EPOCHS_STATED, PROPERTY_BYTES
from wire.envelope import (
    Base,
    ClockState,
    Cover,
    Encoding,
    Envelope,
    Key,
    Sent,
    Through,
    parse_properties,
    to_properties,
)
from wire.statement import EpochStatement, Statement

EPOCH = "0123456789abcdef"


def test_a_stranger_states_nothing() -> None:
    assert parse_properties([]) == Envelope()
    assert parse_properties([("vendor", "x"), ("vendor", "y")]) == Envelope()


def test_they_are_written_in_a_fixed_order_and_read_in_any() -> None:
    envelope = Envelope(
        Encoding.ZLIB_DICTIONARY,
        Key(EPOCH, 9, 5, (Cover(7, 3, 1), Cover(9, 2, 2))),
        Statement(3, (EpochStatement(EPOCH, 7, 9, ended=False, taken=40, base=0),)),
        Base("boot", 5, ClockState.HOLDOVER),
        Sent("boot", 9, ClockState.UNSET),
        Through(8),
    )
    properties = to_properties(envelope)
    assert properties == [
        ("encoding", "zlib-1"),
        ("key", f'{{"epoch":"{EPOCH}","seq":9,"taken":5,"covers":[[7,3,1],[9,2,2]]}}'),
        (
            "statement",
            f'{{"n":3,"epochs":[{{"epoch":"{EPOCH}","floor":7,"last":9,"ended":false,"taken":40,"base":0}}]}}',
        ),
        ("base", '{"boot":"boot","mono":5,"clock":"holdover"}'),
        ("sent", '{"boot":"boot","mono":9,"clock":"unset"}'),
        ("through", '{"mono":8}'),
    ]
    assert parse_properties(reversed(properties)) == envelope


def test_the_fullest_statement_fits_a_property() -> None:
    dropped = {f"{'r' * 30}{n:02}": COUNT // DROP_REASONS for n in range(DROP_REASONS)}
    epochs = tuple(
        EpochStatement(f"{n:016x}", COUNT - 1, COUNT - 1, n > 0, COUNT, COUNT, EPOCH, dropped)
        for n in range(EPOCHS_STATED)
    )
    envelope = Envelope(statement=Statement(COUNT, epochs, partial=True))
    properties = to_properties(envelope)
    assert len(dict(properties)["statement"].encode()) <= PROPERTY_BYTES
    assert parse_properties(properties) == envelope


def test_covers_of_an_epoch_of_a_year_fit_a_property() -> None:
    """One key a second for a year gives eight digits; a batch has at most four."""
    first = 31_000_000
    covers = tuple(Cover(first + n, 5_000, 2) for n in range(COVERS))
    envelope = Envelope(key=Key(EPOCH, first + COVERS - 1, 5_000 * COVERS, covers))
    properties = to_properties(envelope)
    assert len(dict(properties)["key"].encode()) <= PROPERTY_BYTES
    assert parse_properties(properties) == envelope
