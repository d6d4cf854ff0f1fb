-- Version 3: when a boot's clock was set, or another offset adopted; of a boot the first and the last.
CREATE TABLE anchor (
    number  INTEGER PRIMARY KEY AUTOINCREMENT,
    boot    TEXT    NOT NULL,
    mono_ms INTEGER NOT NULL,
    utc_us  INTEGER NOT NULL
) STRICT;
PRAGMA user_version = 3;
