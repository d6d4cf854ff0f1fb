-- One row for each revision of an alarm and receiver. A "line" is what one receiver has to be told
-- of one alarm; its oldest undelivered revision is `waiting`, those that follow are `behind`.
CREATE TABLE delivery (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    receiver TEXT NOT NULL,
    alarm_id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    life_safety INTEGER NOT NULL CHECK (life_safety IN (0, 1)),
    snapshot BLOB NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'behind', 'delivered', 'superseded')),
    queued_us INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    failures INTEGER NOT NULL DEFAULT 0,  -- attempts since queued or replayed: drives the schedule
    failing_since_us INTEGER,             -- first failed attempt of the line with no success since
    next_us INTEGER NOT NULL DEFAULT 0,   -- not before; 0 = at once, whatever the clock says
    hold_us INTEGER NOT NULL DEFAULT 0,   -- the receiver asked for rest until then (Retry-After)
    settled_us INTEGER,
    superseded_by TEXT,
    UNIQUE (receiver, alarm_id, revision)
) STRICT;
CREATE INDEX delivery_due ON delivery (receiver, life_safety, next_us, number) WHERE state = 'waiting';
CREATE INDEX delivery_behind ON delivery (receiver, alarm_id, revision) WHERE state = 'behind';
CREATE INDEX delivery_alarm ON delivery (alarm_id, number);
CREATE INDEX delivery_settled ON delivery (settled_us) WHERE settled_us IS NOT NULL;

CREATE TABLE attempt (
    delivery TEXT NOT NULL REFERENCES delivery (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    at_us INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    status INTEGER,
    latency_ms INTEGER NOT NULL,
    answer TEXT NOT NULL,
    PRIMARY KEY (delivery, number)
) STRICT, WITHOUT ROWID;
