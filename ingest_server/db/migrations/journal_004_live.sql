-- Of the epoch that speaks in a lane: since when nothing older comes in, and through when it is all here.
ALTER TABLE lane ADD COLUMN live_epoch      TEXT;
ALTER TABLE lane ADD COLUMN live_since_us   INTEGER;
ALTER TABLE lane ADD COLUMN live_through_us INTEGER;
