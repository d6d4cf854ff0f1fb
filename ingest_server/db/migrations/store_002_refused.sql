-- Readings that InfluxDB refused for ever, counted in the transaction that moves the cursor past
-- them. The lines themselves are in the quarantine of journal.db, as many as it holds.
CREATE TABLE refused (
    gateway  TEXT    NOT NULL,
    reason   TEXT    NOT NULL,
    readings INTEGER NOT NULL,
    PRIMARY KEY (gateway, reason)
) STRICT, WITHOUT ROWID;
