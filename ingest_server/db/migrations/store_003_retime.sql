-- A correction of times under way: done slice by slice, and then the cursor moves past its entry.
CREATE TABLE retime (
    entry INTEGER PRIMARY KEY,
    done  INTEGER NOT NULL  -- rows of hot up to this number stand where they belong
) STRICT;

-- The same in InfluxDB, a page of one series at a time. `lines`: the page as it will stand; it is
-- deleted where it stood, written, and then empty.
CREATE TABLE moving (
    entry    INTEGER PRIMARY KEY,
    series   INTEGER NOT NULL,
    edge_us  INTEGER NOT NULL,  -- what lies on the far side of it is done
    first_us INTEGER,
    last_us  INTEGER,
    lines    BLOB
) STRICT;
