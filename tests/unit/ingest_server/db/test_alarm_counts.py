"""Open alarms by class and state."""

import sqlite3

from ingest_server.db.alarm_book import migrate_book
from ingest_server.db.alarm_counts import STATES, count_open_alarms

ALARMS = [  # class, closed, active, acknowledged
    ("hazard", 0, 1, 0),
    ("hazard", 0, 1, 0),
    ("hazard", 0, 0, 1),
    ("sensor_health", 0, 1, 1),
    ("sensor_health", 0, 0, 0),
    ("hazard", 1, 0, 1),
]


def test_open_ones_by_class_and_state() -> None:
    book = sqlite3.connect(":memory:", isolation_level=None)
    migrate_book(book)
    for number, (alarm_class, closed, active, acknowledged) in enumerate(ALARMS):
        book.execute(
            "INSERT INTO alarm (alarm_id, gateway, device, rule, alarm_class, severity, closed,"
            " active, acknowledged, suppressed, latching, told, revision, snapshot)"
            " VALUES (?1, 'gw', ?1, 'r', ?2, 'high', ?3, ?4, ?5, 0, 0, 1, 1, x'')",
            (f"a-{number}", alarm_class, closed, active, acknowledged),
        )
    found = count_open_alarms(book)
    assert {key: count for key, count in found.items() if count} == {
        ("hazard", "active_unacknowledged"): 2,
        ("hazard", "inactive_acknowledged"): 1,
        ("sensor_health", "active_acknowledged"): 1,
        ("sensor_health", "inactive_unacknowledged"): 1,
    }
    assert {state for _, state in found} == set(STATES)
    book.close()
