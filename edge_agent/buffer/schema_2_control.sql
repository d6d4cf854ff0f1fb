-- Version 2: what the gateway was told to do, and what it answered. One row is one command id, which
-- is kept after its answer left, so that the same command is never carried out twice.
CREATE TABLE command (
    number  INTEGER PRIMARY KEY AUTOINCREMENT,
    id      TEXT    NOT NULL UNIQUE,
    device  TEXT,              -- whose line carries it out; NULL: the gateway itself
    payload BLOB    NOT NULL,  -- the command as it came first
    boot    TEXT    NOT NULL,  -- when it came, on the clock of that boot
    mono_ms INTEGER NOT NULL,
    state   TEXT    NOT NULL CHECK (state IN ('waiting', 'under_way', 'answered')),
    answer  BLOB,              -- what is published as its result
    to_send INTEGER NOT NULL DEFAULT 0 CHECK (to_send IN (0, 1))
) STRICT;
CREATE INDEX command_open ON command (number) WHERE state <> 'answered';
CREATE INDEX command_to_send ON command (number) WHERE to_send = 1;
PRAGMA user_version = 2;
