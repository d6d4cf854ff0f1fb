"""What is known of the boots of each gateway, as rows of journal.db."""

import sqlite3

from ingest_server.db.boot import Boot


def load_boot(connection: sqlite3.Connection, gateway: str, name: str) -> Boot | None:
    """None: it was never heard of."""
    row = connection.execute(
        "SELECT zero_us, anchored, latest_us, earliest_us, end_us, used, before, turn FROM boot"
        " WHERE gateway = ? AND boot = ?",
        (gateway, name),
    ).fetchone()
    if row is None:
        return None
    zero_us, anchored, latest_us, earliest_us, end_us, used, before, turn = row
    return Boot(zero_us, bool(anchored), latest_us, earliest_us, end_us, bool(used), before, turn)


def last_boot(connection: sqlite3.Connection, gateway: str) -> tuple[str, int] | None:
    """The boot that began to speak last, and its turn; of an older release the latest one."""
    row = connection.execute(
        "SELECT boot, turn FROM boot WHERE gateway = ? ORDER BY turn DESC, zero_us DESC LIMIT 1",
        (gateway,),
    ).fetchone()
    return None if row is None else (str(row[0]), int(row[1]))


def boots_after(connection: sqlite3.Connection, gateway: str, name: str) -> list[str]:
    """Those that began when this one had ended."""
    rows = connection.execute(
        "SELECT boot FROM boot WHERE gateway = ? AND before = ?", (gateway, name)
    )
    return [boot for (boot,) in rows]


def save_boot(connection: sqlite3.Connection, gateway: str, name: str, boot: Boot) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO boot (gateway, boot, zero_us, anchored, latest_us, earliest_us,"
        " end_us, used, before, turn) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
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
            boot.turn,
        ),
    )
