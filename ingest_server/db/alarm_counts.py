"""How many alarms are open, by class and by what is to be done about them."""

import sqlite3

STATES = (
    "active_unacknowledged",
    "active_acknowledged",
    "inactive_unacknowledged",
    "inactive_acknowledged",
)


def count_open_alarms(book: sqlite3.Connection) -> dict[tuple[str, str], int]:
    """(class, one of STATES) → alarms that are not closed; classes without any are absent."""
    rows = book.execute(
        "SELECT alarm_class, active, acknowledged, count(*) FROM alarm WHERE closed = 0"
        " GROUP BY alarm_class, active, acknowledged",
    )
    found: dict[tuple[str, str], int] = {}
    for alarm_class, active, acknowledged, count in rows:
        for state in STATES:
            found.setdefault((alarm_class, state), 0)
        found[alarm_class, STATES[(0 if active else 2) + (1 if acknowledged else 0)]] = count
    return found
