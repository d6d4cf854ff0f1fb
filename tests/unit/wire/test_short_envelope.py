"""The envelope in one property: the same meaning, a quarter of the bytes, nothing believed."""

import pytest
from msgspec import structs

from wire.bounds import COUNT, COVERS, DROP_REASONS, EPOCHS_STATED
from wire.envelope import (
    Base,
    ClockState,
    Cover,
    Encoding,
    Envelope,
    Key,
    Sent,
    Through,
    encoding_said,
    key_said,
    key_text,
    parse_properties,
    to_properties,
)
from wire.refusal import Refusal, WireError
from wire.short_envelope import SHORT, write_short
from wire.statement import EpochStatement, Statement

EPOCH, BEFORE = "9f3c01d2a4b5e677", "1b2c3d4e5f607182"
BOOT = "5f0c2a9e-6f2e-4f0e-9d51-0f1f2e3d4c5b"
WHOLE = Envelope(
    Encoding.ZLIB_DICTIONARY,
    Key(EPOCH, 400, 40),
    Statement(733, (EpochStatement(EPOCH, 310, 400, False, 36_000, 91_000, BEFORE),)),
    Base(BOOT, 7_200_020, ClockState.SYNCHRONISED),
    Sent(BOOT, 7_201_020, ClockState.SYNCHRONISED),
    Through(7_200_520, 1_790_000_000_000_000),
)


def short(envelope: Envelope) -> list[tuple[str, str]]:
    return to_properties(envelope, short=True)


def test_each_message_says_its_own_list() -> None:
    """What the message before listed is remembered; it is not taken for what this one lists."""
    ended = EpochStatement(BEFORE, 3, 9, True, 9, 0, None, {"bulk_full": 2})
    now = EpochStatement(EPOCH, 1, 5, False, 5, 9, BEFORE)
    lists = [
        (now, ended),
        (now,),
        (structs.replace(now, last=6, taken=6), ended),
        (now, structs.replace(ended, dropped={"bulk_full": 3})),
        (now, structs.replace(ended, floor=4)),
        (now, ended),
        (now, ended),
    ]
    for number, listed in enumerate(lists, start=1):
        for key in (Key(EPOCH, 5, 1), Key("7" * 16, 1, 1), None):
            envelope = Envelope(key=key, statement=Statement(number, listed))
            assert parse_properties(short(envelope)) == envelope
        assert parse_properties(short(Envelope(key=Key(EPOCH, 1, 1)))).key == Key(EPOCH, 1, 1)


def test_a_usual_envelope_takes_a_quarter() -> None:
    """What the bar of 9 bytes a reading leaves: 40 readings share 110 bytes of this."""
    ((name, text),) = short(WHOLE)
    spelled_out = sum(len(name) + len(text) for name, text in to_properties(WHOLE))
    assert name == SHORT
    assert len(text) <= 105
    assert 3.5 * len(text) < spelled_out


@pytest.mark.parametrize(
    "envelope",
    [
        Envelope(),
        WHOLE,
        Envelope(key=Key(EPOCH, 9, 5, (Cover(7, 3, 1), Cover(9, 2, 2)))),
        Envelope(statement=Statement(1, (EpochStatement(EPOCH, 1, 0, False, 0, 0),), True)),
        Envelope(base=Base(BOOT, 9, ClockState.UNSET), sent=Sent("other", 3, ClockState.SERVER)),
        Envelope(sent=Sent("启", 3, ClockState.HOLDOVER), through=Through(1)),
        Envelope(through=Through(0, 1_790_000_000_000_000)),
    ],
)
def test_it_says_the_same(envelope: Envelope) -> None:
    assert parse_properties(short(envelope)) == envelope


def test_what_does_not_fit_one_property_is_spelled_out() -> None:
    dropped = {f"{'r' * 30}{n:02}": COUNT // DROP_REASONS for n in range(DROP_REASONS)}
    epochs = tuple(
        EpochStatement(f"{n:016x}", COUNT - 1, COUNT - 1, n > 0, COUNT, COUNT, BEFORE, dropped)
        for n in range(EPOCHS_STATED)
    )
    covers = tuple(Cover(n + 1, 2**20, 2**20) for n in range(COVERS))
    envelope = Envelope(
        key=Key(EPOCH, COVERS, COVERS * 2**20, covers), statement=Statement(COUNT, epochs)
    )
    properties = short(envelope)
    assert len(properties) > 1
    assert parse_properties(properties) == envelope


def test_all_or_nothing() -> None:
    both = [*short(WHOLE), ("encoding", "raw")]
    with pytest.raises(WireError) as caught:
        parse_properties(both)
    assert caught.value.reason is Refusal.PROPERTY_DOUBLED


@pytest.mark.parametrize("text", ["", "!", "AAAA", "A", "é", "A" * 70_000, "f" * 400])
def test_what_is_no_envelope_is_refused_by_name(text: str) -> None:
    with pytest.raises(WireError) as caught:
        parse_properties([(SHORT, text)])
    assert caught.value.reason is Refusal.PROPERTY_MALFORMED
    assert key_said([(SHORT, text)]) is None
    assert key_text([(SHORT, text)]) == ""
    assert encoding_said([(SHORT, text)]) == ""


def test_every_cut_is_refused() -> None:
    ((_, text),) = short(WHOLE)
    for end in range(len(text)):
        with pytest.raises(WireError):
            parse_properties([(SHORT, text[:end])])


def test_numbers_are_judged_as_those_in_json_are() -> None:
    wrong = Envelope(sent=Sent(BOOT, 2**62, ClockState.UNSET))
    with pytest.raises(WireError):
        parse_properties(short(wrong))
    with pytest.raises(ValueError, match="boot"):
        write_short(Envelope(sent=Sent("", 1, ClockState.UNSET)))


def test_the_key_stands_even_when_the_rest_can_not_be_true() -> None:
    lie = Envelope(
        key=Key(EPOCH, 400, 40),
        statement=Statement(1, (EpochStatement(EPOCH, 1, 9, False, 2, 0),)),
    )
    with pytest.raises(WireError):
        parse_properties(short(lie))
    assert key_said(short(lie)) == key_said(to_properties(lie)) == Key(EPOCH, 400, 40)
    assert key_text(short(lie)) == key_text(to_properties(lie))
    assert encoding_said(short(WHOLE)) == encoding_said(to_properties(WHOLE)) == "zlib-1"
