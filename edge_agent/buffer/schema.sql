-- The gateway's buffer: batches not yet had by the server, the epochs they belong to, the ledger.
CREATE TABLE lane (
    lane    TEXT PRIMARY KEY,
    taken   INTEGER NOT NULL DEFAULT 0,  -- readings ever committed in this file
    stored  INTEGER NOT NULL DEFAULT 0,  -- readings deleted because a receipt has them
    thinned INTEGER NOT NULL DEFAULT 0,  -- readings thinned out of batches that a receipt has
    latest  TEXT                         -- the latest epoch with readings
) STRICT;

CREATE TABLE epoch (
    id    INTEGER PRIMARY KEY AUTOINCREMENT,
    lane  TEXT    NOT NULL,
    epoch TEXT    NOT NULL,
    prev  TEXT,
    base  INTEGER NOT NULL,
    last  INTEGER NOT NULL,
    taken INTEGER NOT NULL,
    UNIQUE (lane, epoch)
) STRICT;

-- Readings of keys given up, by reason: per epoch while it is listed, and for ever in the ledger.
CREATE TABLE dropped (
    epoch_id INTEGER NOT NULL REFERENCES epoch (id) ON DELETE CASCADE,
    reason   TEXT    NOT NULL,
    readings INTEGER NOT NULL,
    PRIMARY KEY (epoch_id, reason)
) STRICT, WITHOUT ROWID;
CREATE TABLE ledger_dropped (
    lane     TEXT    NOT NULL,
    reason   TEXT    NOT NULL,
    readings INTEGER NOT NULL,
    PRIMARY KEY (lane, reason)
) STRICT, WITHOUT ROWID;

-- One row is one message: `payload` is what is sent, for ever the same under its key.
CREATE TABLE batch (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    lane     TEXT    NOT NULL,
    epoch_id INTEGER NOT NULL REFERENCES epoch (id),
    seq      INTEGER NOT NULL,
    first    INTEGER NOT NULL,  -- the lowest key that it covers
    taken    INTEGER NOT NULL,  -- readings that it stands for
    kept     INTEGER NOT NULL,  -- readings in the payload
    covers   TEXT,              -- JSON of wire covers when it was thinned
    boot     TEXT    NOT NULL,
    mono_ms  INTEGER NOT NULL,
    clock    TEXT    NOT NULL,
    encoding TEXT    NOT NULL,
    payload  BLOB    NOT NULL,
    UNIQUE (epoch_id, seq)
) STRICT;
CREATE INDEX batch_by_lane ON batch (lane, id);

CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
INSERT INTO lane (lane) VALUES ('urgent'), ('bulk');
INSERT INTO meta VALUES ('connection', 0), ('last_utc_us', 0);
PRAGMA user_version = 1;
