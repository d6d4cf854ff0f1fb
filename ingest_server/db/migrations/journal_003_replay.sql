-- What it takes to let a refused message through after all, and what came of trying.
ALTER TABLE quarantine ADD COLUMN content_type TEXT;
ALTER TABLE quarantine ADD COLUMN rejected     TEXT;     -- JSON [seq, …]: keys counted as rejected
ALTER TABLE quarantine ADD COLUMN tried_us     INTEGER;  -- when it was last replayed
ALTER TABLE quarantine ADD COLUMN tried_by     TEXT;
ALTER TABLE quarantine ADD COLUMN outcome      TEXT;     -- of the last replay
ALTER TABLE quarantine ADD COLUMN replayed     INTEGER NOT NULL DEFAULT 0;  -- 1: it is in
