-- One pass of the watcher writes here in one transaction: registry, evaluations, alarms, cursors.
CREATE TABLE cursor (
    name  TEXT    NOT NULL PRIMARY KEY,  -- alarm.urgent, alarm.bulk
    entry INTEGER NOT NULL               -- last entry of the journal that is done
) STRICT, WITHOUT ROWID;

-- What births and statuses told.
CREATE TABLE gateway (
    gateway         TEXT    NOT NULL PRIMARY KEY,
    born_us         INTEGER,           -- arrival of the last birth
    boot            TEXT,
    connection      INTEGER,
    software        TEXT,
    version         TEXT,
    config_hash     TEXT,
    lines           TEXT,              -- JSON [{name, kind}, …]
    presence        TEXT,              -- online, offline: what the gateway said last
    presence_boot   TEXT,
    presence_number INTEGER,
    heard_us        INTEGER,           -- last arrival of the urgent lane, to within 5 s
    returned_us     INTEGER,           -- arrival that ended the last gap of its urgent lane
    clones          INTEGER NOT NULL DEFAULT 0,
    cloned_us       INTEGER            -- when that counter last rose
) STRICT, WITHOUT ROWID;

CREATE TABLE device (
    gateway      TEXT    NOT NULL,
    device       TEXT    NOT NULL,
    profile      TEXT    NOT NULL,
    profile_hash TEXT    NOT NULL,
    rules_hash   TEXT    NOT NULL,
    line         TEXT    NOT NULL,
    place        TEXT,
    name         TEXT,
    named_us     INTEGER NOT NULL,     -- arrival of the birth that first named it
    retired_us   INTEGER,              -- arrival of the birth that no longer named it
    PRIMARY KEY (gateway, device)
) STRICT, WITHOUT ROWID;

-- Readings of devices that no birth has named yet: evaluated when it comes.
CREATE TABLE held (
    gateway    TEXT    NOT NULL,
    device     TEXT    NOT NULL,
    point      TEXT    NOT NULL,
    time_us    INTEGER NOT NULL,
    value      TEXT    NOT NULL,       -- JSON
    unit       TEXT,
    quality    TEXT    NOT NULL,
    clock      TEXT    NOT NULL,
    PRIMARY KEY (gateway, device, point, time_us)
) STRICT, WITHOUT ROWID;

CREATE TABLE not_evaluated (
    gateway  TEXT    NOT NULL,
    reason   TEXT    NOT NULL,
    readings INTEGER NOT NULL,
    PRIMARY KEY (gateway, reason)
) STRICT, WITHOUT ROWID;

-- Samples of points that rules use, kept so that what comes late can be folded in (48 h).
CREATE TABLE sample (
    gateway TEXT    NOT NULL,
    device  TEXT    NOT NULL,
    point   TEXT    NOT NULL,
    time_us INTEGER NOT NULL,
    value   TEXT    NOT NULL,          -- JSON
    unit    TEXT,
    quality TEXT    NOT NULL,
    clock   TEXT    NOT NULL,
    PRIMARY KEY (gateway, device, point, time_us)
) STRICT, WITHOUT ROWID;

-- Where the evaluation of a rule stands, at the source time `last_us`.
CREATE TABLE evaluation (
    gateway    TEXT    NOT NULL,
    device     TEXT    NOT NULL,
    rule       TEXT    NOT NULL,
    definition TEXT    NOT NULL,       -- hash of the rule that made the state
    state      BLOB    NOT NULL,       -- JSON of alarm_rules/evaluate.py
    last_us    INTEGER NOT NULL,       -- all samples known up to here are in the state
    base_us    INTEGER NOT NULL,       -- the oldest mark: samples before it are not needed
    due_us     INTEGER,                -- source time at which time alone may change it
    marks      BLOB    NOT NULL,       -- JSON [[time, state], …]: from where to fold late samples
    PRIMARY KEY (gateway, device, rule)
) STRICT, WITHOUT ROWID;
CREATE INDEX evaluation_due ON evaluation (gateway, due_us) WHERE due_us IS NOT NULL;

-- What the samples say. `withdrawn`: paged on partial data, and no longer so once all was in.
CREATE TABLE episode (
    gateway    TEXT    NOT NULL,
    device     TEXT    NOT NULL,
    rule       TEXT    NOT NULL,
    start_us   INTEGER NOT NULL,
    end_us     INTEGER,
    alarm_id   TEXT    NOT NULL,
    learned_us INTEGER NOT NULL,
    withdrawn  INTEGER NOT NULL DEFAULT 0 CHECK (withdrawn IN (0, 1)),
    PRIMARY KEY (gateway, device, rule, start_us)
) STRICT, WITHOUT ROWID;
CREATE INDEX episode_by_alarm ON episode (alarm_id, start_us);

-- device is '' where the alarm is of the gateway or the server itself.
CREATE TABLE alarm (
    number      INTEGER PRIMARY KEY AUTOINCREMENT,
    alarm_id    TEXT    NOT NULL UNIQUE,
    gateway     TEXT    NOT NULL,
    device      TEXT    NOT NULL,
    rule        TEXT    NOT NULL,
    alarm_class TEXT    NOT NULL,
    severity    TEXT    NOT NULL,
    closed      INTEGER NOT NULL CHECK (closed IN (0, 1)),
    active      INTEGER NOT NULL CHECK (active IN (0, 1)),
    acknowledged INTEGER NOT NULL CHECK (acknowledged IN (0, 1)),
    suppressed  INTEGER NOT NULL CHECK (suppressed IN (0, 1)),
    latching    INTEGER NOT NULL CHECK (latching IN (0, 1)),
    told        INTEGER NOT NULL CHECK (told IN (0, 1)),
    paged_us    INTEGER,               -- when it was first announced
    revision    INTEGER NOT NULL,
    snapshot    BLOB    NOT NULL       -- JSON of the latest revision
) STRICT;
CREATE UNIQUE INDEX alarm_open ON alarm (gateway, device, rule) WHERE closed = 0;

CREATE INDEX alarm_suppressed ON alarm (gateway) WHERE closed = 0 AND suppressed = 1;
CREATE INDEX alarm_by_rule ON alarm (rule) WHERE closed = 0;

CREATE TABLE revision (
    alarm_id TEXT    NOT NULL,
    revision INTEGER NOT NULL,
    snapshot BLOB    NOT NULL,         -- JSON of db/snapshot.py Snapshot, whole
    PRIMARY KEY (alarm_id, revision)
) STRICT, WITHOUT ROWID;

-- What people asked for, whether it was granted or refused, and why.
CREATE TABLE operation (
    number   INTEGER PRIMARY KEY AUTOINCREMENT,
    at_us    INTEGER NOT NULL,
    actor    TEXT    NOT NULL,
    action   TEXT    NOT NULL,
    alarm_id TEXT    NOT NULL,
    outcome  TEXT    NOT NULL,         -- done, or the reason of the refusal
    comment  TEXT
) STRICT;
CREATE INDEX operation_by_alarm ON operation (alarm_id, number);
