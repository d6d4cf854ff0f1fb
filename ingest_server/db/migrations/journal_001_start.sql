-- One transaction of intake writes here: entries, the sequence book, the ledger, the quarantine.
CREATE TABLE entry (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    kind       TEXT    NOT NULL,  -- urgent, bulk, birth, status
    gateway    TEXT    NOT NULL,
    arrival_us INTEGER NOT NULL,
    clock      TEXT    NOT NULL,  -- how far the times may be trusted
    shift_us   INTEGER NOT NULL,  -- added to the times in the payload to give UTC
    encoding   TEXT    NOT NULL,
    payload    BLOB    NOT NULL,  -- as sent
    kept       TEXT               -- JSON [[from, to], …]: the readings to take, null for all
) STRICT;
CREATE INDEX entry_by_kind ON entry (kind, id);

CREATE TABLE epoch (
    gateway TEXT NOT NULL,
    lane    TEXT NOT NULL,
    epoch   TEXT NOT NULL,
    floor   INTEGER NOT NULL,
    book    TEXT NOT NULL,  -- JSON of db/lane_book.py Epoch
    PRIMARY KEY (gateway, lane, epoch)
) STRICT, WITHOUT ROWID;

CREATE TABLE lane (
    gateway    TEXT    NOT NULL,
    lane       TEXT    NOT NULL,
    speaker    TEXT,
    spoken     TEXT    NOT NULL,  -- JSON [epoch, …]
    clones     INTEGER NOT NULL,
    arrival_us INTEGER NOT NULL,
    through_us INTEGER,
    foreign_readings INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (gateway, lane)
) STRICT, WITHOUT ROWID;

-- Digests of the keys at or above their epoch's floor: the same key never stands for other bytes.
CREATE TABLE digest (
    gateway TEXT    NOT NULL,
    lane    TEXT    NOT NULL,
    epoch   TEXT    NOT NULL,
    seq     INTEGER NOT NULL,
    digest  BLOB    NOT NULL,
    thinned INTEGER NOT NULL,
    PRIMARY KEY (gateway, lane, epoch, seq)
) STRICT, WITHOUT ROWID;

-- UTC of the zero of a boot's clock: the least arrival - mono seen, or exact by an anchor.
CREATE TABLE boot (
    gateway   TEXT    NOT NULL,
    boot      TEXT    NOT NULL,
    zero_us   INTEGER NOT NULL,
    anchored  INTEGER NOT NULL,
    PRIMARY KEY (gateway, boot)
) STRICT, WITHOUT ROWID;

CREATE TABLE quarantine (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    first_us   INTEGER NOT NULL,
    last_us    INTEGER NOT NULL,
    times      INTEGER NOT NULL,
    topic      TEXT    NOT NULL,
    gateway    TEXT,
    reason     TEXT    NOT NULL,
    detail     TEXT    NOT NULL,
    properties TEXT    NOT NULL,
    payload    BLOB    NOT NULL,
    digest     BLOB    NOT NULL UNIQUE
) STRICT;
CREATE INDEX quarantine_by_gateway ON quarantine (gateway, id);
