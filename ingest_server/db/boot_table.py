"""What is known of the boots of each gateway, as rows of journal.db."""

import sqlite3

from ingest_server.db.boot import Boot


def load_boot(connection: sqlite3.Connection, gateway: str, name: str) -> Boot | None:
    """None: it was never heard of."""
    row = connection.execute(
        "SELECT zero_us, anchored, latest_us, earliest_us, end_us, used, before FROM boot"
        " WHERE gateway = ? AND boot = ?",
        (gateway, name),
    ).fetchone()
    if row is None:
        return None
    zero_us, anchored, latest_us, earliest_us, end_us, used, before = row
    return Boot(zero_us, bool(anchored), latest_us, earliest_us, end_us, bool(used), before)


def last_boot(connection: sqlite3.Connection, gateway: str) -> str | None:
    """The boot that was heard last."""
    row = connection.execute(
        "SELECT boot FROM boot WHERE gateway = ? ORDER BY zero_us + end_us DESC LIMIT 1",
        (gateway,),
    ).fetchone()
    return None if row is None else str(row[0])


def boots_after(connection: sqlite3.Connection, gateway: str, name: str) -> list[str]:
    """Those that began when this one had ended."""
    rows = connection.execute(
        "SELECT boot FROM boot WHERE gateway = ? AND before = ?", (gateway, name)
    )
    return [boot for (boot,) in rows]


def save_boot(connection: sqlite3.Connection, gateway: str, name: str, boot: Boot) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO boot (gateway, boot, zero_us, anchored, latest_us, earliest_us,"
        " end_us, used, before) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            gateway,
            name,
            boot.zero_us,
            boot.is_anchored,
            boot.latest_us,
            boot.earliest_us,
            boot.end_us,
            boot.is_used,
            boot.before,
        ),
    )
