-- The embedded store. Rows are appended and never sought by an index of their own: a key (series,
-- time) costs 40 times the bytes written when every batch touches every series. A portion says
-- which times its rows span; a query reads the portions that can hold what it looks for.
CREATE TABLE cursor (
    only  INTEGER NOT NULL PRIMARY KEY CHECK (only = 1),
    entry INTEGER NOT NULL  -- last entry of the journal that is stored
) STRICT;

CREATE TABLE series (
    id      INTEGER PRIMARY KEY,
    gateway TEXT NOT NULL,
    device  TEXT NOT NULL,
    point   TEXT NOT NULL,
    UNIQUE (gateway, device, point)
) STRICT;

CREATE TABLE hot (
    number  INTEGER PRIMARY KEY,
    series  INTEGER NOT NULL,
    time_us INTEGER NOT NULL,
    value   ANY,            -- REAL a number, INTEGER a state, TEXT a text, NULL bad
    unit    TEXT,
    quality TEXT,           -- NULL: good/ok
    clock   TEXT            -- NULL: synchronised
) STRICT;

CREATE TABLE portion (
    first    INTEGER PRIMARY KEY,  -- numbers of its rows in hot, both included
    last     INTEGER NOT NULL,
    start_us INTEGER NOT NULL,     -- times of its rows, both included
    end_us   INTEGER NOT NULL
) STRICT;

CREATE TABLE latest (
    series  INTEGER PRIMARY KEY,
    time_us INTEGER NOT NULL,
    value   ANY,
    unit    TEXT,
    quality TEXT,
    clock   TEXT
) STRICT;
