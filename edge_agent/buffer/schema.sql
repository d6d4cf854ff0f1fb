-- The gateway's buffer: batches not yet had by the server, the epochs they belong to, the ledger,
-- commands, anchors. Every row but a command's ends in a proof of its content, so that a broken file
-- can be salvaged row by row, and batches carry running totals, so that a commit writes nothing but
-- its rows: one page at the least is written for a commit, and a card pays for each.

-- A lane counts its epochs that are forgotten; the ledger is that and the epochs that are not.
CREATE TABLE lane (
    lane    TEXT PRIMARY KEY,
    taken   INTEGER NOT NULL DEFAULT 0,  -- readings committed
    stored  INTEGER NOT NULL DEFAULT 0,  -- readings deleted because a receipt has them
    thinned INTEGER NOT NULL DEFAULT 0,  -- readings thinned out of batches that a receipt has
    latest  TEXT,                        -- the latest epoch with readings that began in this file
    dropped TEXT NOT NULL DEFAULT '{}',  -- JSON: readings by reason
    proof   INTEGER NOT NULL DEFAULT 0
) STRICT;

-- `last`, `taken` and `size` are those of the newest row as long as that is there; they are brought up
-- to date when rows go. `taken` and `size` (bytes of payload) count all that was committed.
CREATE TABLE epoch (
    id    INTEGER PRIMARY KEY AUTOINCREMENT,
    lane  TEXT    NOT NULL,
    epoch TEXT    NOT NULL,
    prev  TEXT,
    base  INTEGER NOT NULL,
    last  INTEGER NOT NULL,
    taken INTEGER NOT NULL,
    size  INTEGER NOT NULL DEFAULT 0,
    rows_gone INTEGER NOT NULL DEFAULT 0,
    size_gone INTEGER NOT NULL DEFAULT 0,
    stored    INTEGER NOT NULL DEFAULT 0,   -- readings that receipts have
    thinned   INTEGER NOT NULL DEFAULT 0,   -- thinned out of rows that they have
    dropped   TEXT    NOT NULL DEFAULT '{}',
    boot      TEXT    NOT NULL DEFAULT '',
    proof     INTEGER NOT NULL DEFAULT 0,
    UNIQUE (lane, epoch)
) STRICT;
-- Below stays room for the epochs of files that were set aside, see incoming.py.
INSERT INTO sqlite_sequence VALUES ('epoch', 1048575);

-- One row is one message: `payload` is what is sent, for ever the same under its key. Rows whose epoch
-- is not listed are still coming in.
CREATE TABLE batch (
    id      INTEGER PRIMARY KEY,  -- lane, number of the epoch, seq: see row_id.py
    epoch   TEXT    NOT NULL,
    base    INTEGER NOT NULL,     -- readings taken in this lane of its file before the epoch
    through INTEGER NOT NULL,     -- readings of the epoch through this key
    size    INTEGER NOT NULL,     -- bytes of payload of the epoch through this key, as committed
    first   INTEGER NOT NULL,     -- the lowest key that it covers
    taken   INTEGER NOT NULL,     -- readings that it stands for
    kept    INTEGER NOT NULL,     -- readings in the payload
    covers  TEXT,                 -- JSON of wire covers when it was thinned
    boot    TEXT    NOT NULL,
    mono_ms INTEGER NOT NULL,
    clock   TEXT    NOT NULL,
    encoding TEXT   NOT NULL,
    payload BLOB    NOT NULL,
    proof   INTEGER NOT NULL
) STRICT;

-- What the gateway was told to do, and what it answered. One row is one command id, which is kept
-- after its answer left, so that the same command is never carried out twice.
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

-- When a boot's clock was set, or another offset adopted; of a boot the first and the last.
CREATE TABLE anchor (
    number  INTEGER PRIMARY KEY AUTOINCREMENT,
    boot    TEXT    NOT NULL,
    mono_ms INTEGER NOT NULL,
    utc_us  INTEGER NOT NULL,
    proof   INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL,
    proof INTEGER NOT NULL DEFAULT 0
) STRICT;
