-- What bounds the zero of a boot's clock, and what it was heard of.
ALTER TABLE boot ADD COLUMN latest_us INTEGER;                  -- it is not later than this
ALTER TABLE boot ADD COLUMN earliest_us INTEGER NOT NULL DEFAULT 0;  -- nor earlier
ALTER TABLE boot ADD COLUMN end_us INTEGER NOT NULL DEFAULT 0;  -- greatest time heard on its clock
ALTER TABLE boot ADD COLUMN used INTEGER NOT NULL DEFAULT 1;    -- something was placed by the zero
ALTER TABLE boot ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;    -- which of them spoke first; 0: none yet
ALTER TABLE boot ADD COLUMN before TEXT;                        -- the boot that ended as it began
