"""What is on its way: at most so many, again when no receipt came, as new when the link went."""

from edge_agent.uplink.window import (
    BACK_US,
    PROBES,
    RESEND_FIRST_US,
    RESEND_LONGEST_US,
    Window,
)


def test_a_full_window_has_no_room_until_a_receipt_comes() -> None:
    window = Window(2)
    window.sent(1, 0)
    window.sent(2, 0)
    assert (window.room(0), len(window)) == (0, 2)
    window.gone([1])
    assert window.room(0) == 1
    assert (1 in window, 2 in window) == (False, True)


def test_a_quarter_is_kept_for_what_is_live() -> None:
    window = Window(8)
    for number in range(6):
        window.sent(number, 0)
    assert (window.room_for_backlog(0), window.room(0)) == (0, 2)


def test_what_no_receipt_covers_is_due_again_later_and_later() -> None:
    window = Window(2)
    assert window.sent(1, 0) == 1
    assert window.due(RESEND_FIRST_US - 1) == []
    assert window.due(RESEND_FIRST_US) == [1]
    window.gone([1])
    now = 0
    waits = (RESEND_FIRST_US, 2 * RESEND_FIRST_US, 4 * RESEND_FIRST_US, RESEND_LONGEST_US)
    for tries, wait in enumerate(waits, start=1):
        assert window.sent(1, now) == tries
        assert window.next_us() == now + wait
        now += wait


def test_while_no_receipts_come_a_few_ask_and_the_first_receipt_brings_the_others_back() -> None:
    window = Window(40)
    for number in range(40):
        window.sent(number, 0)
    assert window.due(RESEND_FIRST_US) == list(range(PROBES))
    for number in range(PROBES):
        window.sent(number, RESEND_FIRST_US)
    assert window.due(RESEND_FIRST_US) == []
    window.gone([0])
    assert window.due(RESEND_FIRST_US + BACK_US - 1) == []
    assert window.due(RESEND_FIRST_US + BACK_US) == list(range(PROBES, 40))


def test_a_row_that_was_given_up_is_no_receipt() -> None:
    window = Window(40)
    for number in range(40):
        window.sent(number, 0)
    window.given_up([39])
    assert (39 in window, len(window)) == (False, 39)
    assert window.due(RESEND_FIRST_US) == list(range(PROBES))


def test_while_receipts_come_all_that_is_due_leaves() -> None:
    window = Window(40)
    for number in range(40):
        window.sent(number, 0)
    window.gone([0])
    assert len(window.due(RESEND_FIRST_US)) == 39


def test_what_the_connection_took_with_it_was_never_sent() -> None:
    window = Window(3)
    for number in (3, 1, 2):
        window.sent(number, 0)
        window.lost(number)
    assert (window.room(5), window.due(10**12), window.next_us()) == (3, [], None)


def test_a_refusal_is_no_reason_to_flood() -> None:
    """All wait, one asks, and only when that is taken all go on."""
    window = Window(4)
    for number in (1, 2):
        window.sent(number, 0)
    window.refused(1, 10, 2_000)
    assert (window.room(10), window.room_for_backlog(10), window.next_us()) == (0, 0, 2_010)
    assert (window.room(2_010), window.due(10**9)) == (1, [])
    window.sent(1, 2_010)
    assert window.room(2_011) == 0
    window.accepted()
    assert window.room(2_012) == 2


def test_once_more_in_another_way() -> None:
    window = Window(1)
    window.sent(1, 0)
    window.once_more(1, 10)
    window.once_more(7, 10)
    assert window.due(10) == [1]
    assert window.sent(1, 10) == 2


def test_a_receipt_before_the_broker_answers_is_no_trouble() -> None:
    window = Window(1)
    window.sent(1, 0)
    window.gone([1])
    window.lost(1)
    assert window.due(10**12) == []
    assert window.next_us() is None
