"""What is on its way: at most so many, again when no receipt came, at once when the link went."""

from edge_agent.uplink.window import REFUSED_US, RESEND_FIRST_US, RESEND_LONGEST_US, Window


def test_a_full_window_has_no_room_until_a_receipt_comes() -> None:
    window = Window(2)
    window.sent(1, 0)
    window.sent(2, 0)
    assert (window.room, len(window), window.cursor) == (0, 2, 2)
    window.gone([1])
    assert window.room == 1


def test_what_no_receipt_covers_is_due_again_later_and_later() -> None:
    window = Window(2)
    window.sent(1, 0)
    assert window.due(RESEND_FIRST_US - 1) == []
    assert window.due(RESEND_FIRST_US) == [1]
    now = 0
    for wait in (RESEND_FIRST_US, 2 * RESEND_FIRST_US, 4 * RESEND_FIRST_US, RESEND_LONGEST_US):
        window.gone([1]) if now == 0 else None
        window.sent(1, now)
        assert window.next_us() == now + wait
        now += wait


def test_what_the_connection_took_with_it_is_due_at_once_and_oldest_first() -> None:
    window = Window(3)
    for number in (3, 1, 2):
        window.sent(number, 0)
        window.lost(number, 5)
    assert window.due(5) == [1, 2, 3]


def test_a_refusal_is_no_reason_to_flood() -> None:
    window = Window(1)
    window.sent(1, 0)
    window.refused(1, 10)
    assert window.due(10 + REFUSED_US - 1) == []
    assert window.due(10 + REFUSED_US) == [1]


def test_a_receipt_before_the_broker_answers_is_no_trouble() -> None:
    window = Window(1)
    window.sent(1, 0)
    window.gone([1])
    window.lost(1, 5)
    window.refused(1, 5)
    assert window.due(10**12) == []
    assert window.next_us() is None
