-- What people asked of gateways. `queued` until the broker has it, `sent` until an answer comes or
-- it expires; an answer that comes after all takes the place of `expired`.
CREATE TABLE command (
    number     INTEGER PRIMARY KEY AUTOINCREMENT,
    id         TEXT    NOT NULL UNIQUE,
    gateway    TEXT    NOT NULL,
    kind       TEXT    NOT NULL,
    device     TEXT,
    action     TEXT,
    actor      TEXT    NOT NULL,
    comment    TEXT,
    payload    BLOB    NOT NULL,  -- as published, each time the same
    state      TEXT    NOT NULL CHECK
        (state IN ('queued', 'sent', 'done', 'failed', 'refused', 'expired')),
    asked_us   INTEGER NOT NULL,
    expires_us INTEGER NOT NULL,
    sendings   INTEGER NOT NULL DEFAULT 0,  -- how often the broker took it
    next_us    INTEGER NOT NULL DEFAULT 0,  -- not sent before; 0 = at once
    settled_us INTEGER,                     -- when the answer came, or it expired here
    done_us    INTEGER,                     -- when the gateway answered, by its clock
    detail     TEXT    NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX command_by_gateway ON command (gateway, number);
CREATE INDEX command_open ON command (next_us) WHERE state IN ('queued', 'sent');

-- The audit: what became of each, when and by whom; never changed.
CREATE TABLE command_event (
    command TEXT    NOT NULL REFERENCES command (id) ON DELETE CASCADE,
    number  INTEGER NOT NULL,
    at_us   INTEGER NOT NULL,
    event   TEXT    NOT NULL,
    who     TEXT    NOT NULL,
    detail  TEXT    NOT NULL,
    PRIMARY KEY (command, number)
) STRICT, WITHOUT ROWID;
