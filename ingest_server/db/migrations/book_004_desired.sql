-- What people want gateways to be configured as: each version once, the newest of a gateway retained
-- at its broker. An answer may come again, and another after it: the site decides too.
CREATE TABLE desired (
    gateway     TEXT    NOT NULL,
    version     INTEGER NOT NULL,
    based_on    TEXT    NOT NULL,           -- what was in force when it was made
    toml        TEXT    NOT NULL,
    actor       TEXT    NOT NULL,
    comment     TEXT,
    state       TEXT    NOT NULL CHECK
        (state IN ('pending', 'applied', 'rejected', 'diverged', 'superseded')),
    asked_us    INTEGER NOT NULL,
    sendings    INTEGER NOT NULL DEFAULT 0,  -- how often the broker took it
    next_us     INTEGER NOT NULL DEFAULT 0,  -- not published before; 0 = at once
    settled_us  INTEGER,                     -- when the answer came
    done_us     INTEGER,                     -- when the gateway answered, by its clock
    config_hash TEXT,                        -- in force at the gateway when it answered
    detail      TEXT    NOT NULL DEFAULT '',
    PRIMARY KEY (gateway, version)
) STRICT;
CREATE INDEX desired_open ON desired (next_us) WHERE state = 'pending';

-- The audit: what became of each, when and by whom; never changed.
CREATE TABLE desired_event (
    gateway TEXT    NOT NULL,
    version INTEGER NOT NULL,
    number  INTEGER NOT NULL,
    at_us   INTEGER NOT NULL,
    event   TEXT    NOT NULL,
    who     TEXT    NOT NULL,
    detail  TEXT    NOT NULL,
    PRIMARY KEY (gateway, version, number),
    FOREIGN KEY (gateway, version) REFERENCES desired (gateway, version) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
