-- Version 5: every row carries a proof of its content, so that a broken file can be salvaged row by
-- row, and running totals, so that a commit writes nothing but its rows. One page at the least is
-- written for a commit, and a card pays for each.
DROP TRIGGER batch_came;
DROP TRIGGER batch_changed;
DROP TRIGGER batch_went;

-- `last`, `taken` and `size` are those of the newest row as long as that is there; they are brought up
-- to date when rows go. `taken` and `size` (bytes of payload) count all that was committed.
ALTER TABLE epoch ADD COLUMN size INTEGER NOT NULL DEFAULT 0;
ALTER TABLE epoch ADD COLUMN rows_gone INTEGER NOT NULL DEFAULT 0;
ALTER TABLE epoch ADD COLUMN size_gone INTEGER NOT NULL DEFAULT 0;
ALTER TABLE epoch ADD COLUMN stored INTEGER NOT NULL DEFAULT 0;   -- readings that receipts have
ALTER TABLE epoch ADD COLUMN thinned INTEGER NOT NULL DEFAULT 0;  -- thinned out of rows that they have
ALTER TABLE epoch ADD COLUMN dropped TEXT NOT NULL DEFAULT '{}';  -- JSON: readings by reason
ALTER TABLE epoch ADD COLUMN boot TEXT NOT NULL DEFAULT '';
ALTER TABLE epoch ADD COLUMN proof INTEGER NOT NULL DEFAULT 0;

-- A lane counts its epochs that are forgotten; the ledger is that and the epochs that are not.
ALTER TABLE lane DROP COLUMN size;
ALTER TABLE lane ADD COLUMN dropped TEXT NOT NULL DEFAULT '{}';
ALTER TABLE lane ADD COLUMN proof INTEGER NOT NULL DEFAULT 0;
ALTER TABLE meta ADD COLUMN proof INTEGER NOT NULL DEFAULT 0;
ALTER TABLE anchor ADD COLUMN proof INTEGER NOT NULL DEFAULT 0;

ALTER TABLE batch RENAME TO batch_4;
CREATE TABLE batch (
    id      INTEGER PRIMARY KEY,  -- lane, number of the epoch, seq: see row_id.py
    epoch   TEXT    NOT NULL,
    base    INTEGER NOT NULL,     -- readings taken in this lane of this file before the epoch
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
