from itertools import product

import pytest

from ingest_server.alarm.lifecycle import (
    TABLE,
    Event,
    Facts,
    Refused,
    Step,
    Variables,
    find_row,
    is_quiet,
    take,
)
from ingest_server.db.snapshot import Change, EventType

TOLD = Facts(fresh=False, latching=True, told=True)
FRESH = Facts(fresh=True, latching=True, told=False)
ACTIVE = Variables(active=True, acknowledged=False, latched=True)


def all_cases() -> list[tuple[Event, Variables, Facts]]:
    names = Variables.__slots__
    return [
        (event, Variables(**dict(zip(names, bits, strict=True))), Facts(*facts))
        for event in Event
        for bits in product((False, True), repeat=len(names))
        for facts in product((False, True), repeat=3)
    ]


def fits(event: Event, variables: Variables, facts: Facts) -> int:
    def value(name: str) -> bool:
        return bool(getattr(variables if hasattr(variables, name) else facts, name))

    return sum(
        row.event is event and all(value(name) is on for name, on in row.when.items())
        for row in TABLE
    )


def test_the_table_is_total_and_no_two_rows_overlap() -> None:
    assert {fits(*case) for case in all_cases()} == {1}


def test_every_row_is_taken_by_something() -> None:
    assert {id(find_row(*case)) for case in all_cases()} == {id(row) for row in TABLE}


def test_every_announcement_asks_for_acknowledgement_and_no_other_step_takes_it_away() -> None:
    for event, variables, facts in all_cases():
        step = take(event, variables, facts)
        if isinstance(step, Step) and event is not Event.UNSUPPRESS:
            if step.announces:
                assert not step.variables.acknowledged
            elif variables.acknowledged and not find_row(event, variables, facts).announces:
                assert step.variables.acknowledged


def test_only_reset_unlatches_and_never_while_active_or_unacknowledged() -> None:
    for event, variables, facts in all_cases():
        step = take(event, variables, facts)
        if isinstance(step, Step) and variables.latched and not step.variables.latched:
            assert event is Event.RESET
            assert not variables.active
            assert variables.acknowledged


def test_a_closed_alarm_only_takes_late_data() -> None:
    for event, variables, facts in all_cases():
        if variables.closed:
            step = take(event, variables, facts)
            assert step is Refused.CLOSED or event is Event.EXTEND


@pytest.mark.parametrize(
    ("event", "before", "reason"),
    [
        (Event.ACTIVATE, ACTIVE, Refused.ALREADY_ACTIVE),
        (Event.RESET, ACTIVE, Refused.STILL_ACTIVE),
        (Event.RESET, Variables(acknowledged=False, latched=True), Refused.NOT_ACKNOWLEDGED),
        (Event.RESET, Variables(), Refused.NOT_LATCHED),
        (Event.ACKNOWLEDGE, Variables(latched=True), Refused.ALREADY_ACKNOWLEDGED),
        (Event.RETURN, Variables(), Refused.NOT_ACTIVE),
        (Event.UNSUPPRESS, ACTIVE, Refused.NOT_SUPPRESSED),
    ],
)
def test_refusals_have_names(event: Event, before: Variables, reason: Refused) -> None:
    assert take(event, before, TOLD) is reason


def test_reactivation_clears_the_acknowledgement_and_announces() -> None:
    step = take(Event.ACTIVATE, Variables(latched=True), TOLD)
    assert isinstance(step, Step)
    assert (step.change, step.type, step.announces) == (
        Change.REACTIVATED,
        EventType.RAISED,
        True,
    )
    assert not step.variables.acknowledged


def test_a_shelf_silences_an_ordinary_alarm_and_never_a_danger_to_life() -> None:
    shelved = Variables(shelved=True)
    assert is_quiet(shelved, life_safety=False)
    assert not is_quiet(shelved, life_safety=True)
    step = take(Event.ACTIVATE, shelved, Facts(True, True, told=False, life_safety=True))
    assert isinstance(step, Step)
    assert step.announces


def test_a_suppressed_activation_is_quiet() -> None:
    step = take(Event.ACTIVATE, Variables(suppressed=True), FRESH)
    assert isinstance(step, Step)
    assert not step.announces
