"""The tables of the mirror.

An application or entity that is not there, but that a configuration names, has a row too (`there` is 0): so
counts have a place whatever is read first, and what names nothing that exists is found at once. The counts
are kept by `triggers`.
"""

from __future__ import annotations

from entitree.inventory.triggers import PAIRS, TALLIES, resource, tied

_OLD = "application entity association criterion strategy subscription family"
_DROPPED = "".join(f"DROP TABLE IF EXISTS {name};\n" for name in _OLD.split())

_ITEM = """
CREATE TABLE {kind} (
    -- A listing holds row numbers: one that is gone must never come to mean another item.
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    alias TEXT,
    addressable INTEGER NOT NULL DEFAULT 1,
    there INTEGER NOT NULL,
    -- Casefolded id, a separator, casefolded alias; `fold_end` is the length of the folded id.
    hay TEXT NOT NULL,
    fold_end INTEGER NOT NULL,
    others INTEGER NOT NULL DEFAULT 0,
    {tallies}
);
-- What a filter reads, in the order of a list, and nothing else.
CREATE INDEX {kind}_list ON {kind} (there, hay, fold_end);
"""

_CONFIGURATIONS = """
CREATE TABLE pair (
    application_id TEXT NOT NULL,
    entity_id TEXT NOT NULL,
    ties INTEGER NOT NULL,
    PRIMARY KEY (application_id, entity_id)
) WITHOUT ROWID;
CREATE INDEX pair_entity ON pair (entity_id, application_id, ties);

CREATE TABLE association (
    row INTEGER PRIMARY KEY,
    resource_type TEXT NOT NULL,
    channel TEXT NOT NULL,
    application_id TEXT NOT NULL,
    entity_id TEXT,
    resource_id TEXT NOT NULL
);
CREATE UNIQUE INDEX association_identity
    ON association (application_id, ifnull(entity_id, x''), channel, resource_type, resource_id);
CREATE INDEX association_entity ON association (entity_id, application_id, channel);
CREATE INDEX association_resource ON association (resource_type, resource_id);

CREATE TABLE strategy (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    application_id TEXT,
    entity_id TEXT,
    channel TEXT,
    country TEXT,
    raw TEXT NOT NULL
);
CREATE INDEX strategy_application ON strategy (application_id, entity_id);
CREATE INDEX strategy_entity ON strategy (entity_id, application_id);

CREATE TABLE subscription (
    row INTEGER PRIMARY KEY,
    channel TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT,
    profile_id TEXT,
    raw TEXT NOT NULL,
    UNIQUE (channel, id)
);
CREATE TABLE criterion (
    subscription INTEGER NOT NULL REFERENCES subscription (row) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    application_id TEXT,
    entity_id TEXT,
    PRIMARY KEY (subscription, position)
) WITHOUT ROWID;
CREATE INDEX criterion_application ON criterion (application_id, entity_id);
CREATE INDEX criterion_entity ON criterion (entity_id, application_id);

CREATE TABLE number (
    row INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    number TEXT NOT NULL,
    country TEXT,
    type TEXT,
    capabilities TEXT NOT NULL,
    application_id TEXT,
    entity_id TEXT,
    note TEXT
);
CREATE INDEX number_application ON number (application_id, entity_id);
CREATE INDEX number_entity ON number (entity_id, application_id);

CREATE TABLE sender (
    row INTEGER PRIMARY KEY,
    type TEXT NOT NULL,
    id TEXT NOT NULL,
    country TEXT NOT NULL,
    capabilities TEXT NOT NULL,
    UNIQUE (type, id, country)
);

CREATE TABLE domain (
    row INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    active INTEGER NOT NULL,
    blocked INTEGER NOT NULL
);

CREATE TABLE inbound (
    row INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    channel TEXT NOT NULL,
    resource_id TEXT NOT NULL,
    keyword TEXT,
    application_id TEXT,
    entity_id TEXT,
    forwarding TEXT,
    url TEXT
);
CREATE INDEX inbound_resource ON inbound (resource_id, channel);
CREATE INDEX inbound_application ON inbound (application_id, entity_id);
CREATE INDEX inbound_entity ON inbound (entity_id, application_id);
-- Which resources were asked for on which channel, and when: what a walk has done, and what it has left.
CREATE TABLE walked (
    resource_id TEXT NOT NULL,
    channel TEXT NOT NULL,
    read_at TEXT NOT NULL,
    PRIMARY KEY (resource_id, channel)
) WITHOUT ROWID;

CREATE TABLE api_key (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    enabled INTEGER NOT NULL,
    valid_to TEXT
);
CREATE TABLE key_link (
    api_key INTEGER NOT NULL REFERENCES api_key (row) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    application_id TEXT NOT NULL,
    entity_id TEXT,
    action TEXT,
    PRIMARY KEY (api_key, position)
) WITHOUT ROWID;
CREATE INDEX key_link_application ON key_link (application_id, entity_id);
CREATE INDEX key_link_entity ON key_link (entity_id, application_id);

-- What associations name, and what the account owns (`owned` counts the rows that say so).
CREATE TABLE resource (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    type TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    hay TEXT NOT NULL,
    fold_end INTEGER NOT NULL,
    owned INTEGER NOT NULL DEFAULT 0,
    associations INTEGER NOT NULL DEFAULT 0,
    UNIQUE (type, id)
);
CREATE INDEX resource_hay ON resource (hay, fold_end);
"""

_READINGS = """
CREATE TABLE family (
    name TEXT PRIMARY KEY,
    whole INTEGER NOT NULL,
    read_at TEXT,
    problem TEXT,
    failed INTEGER NOT NULL DEFAULT 0,
    refused INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

-- A listing that is being read: how far it is, so that it can go on there.
CREATE TABLE sweep (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    family TEXT NOT NULL,
    part TEXT NOT NULL,
    -- Kind and id, where only what names one is listed.
    naming TEXT NOT NULL,
    -- The process that reads it; 0: nobody.
    owner INTEGER NOT NULL,
    begun_at TEXT NOT NULL,
    pages INTEGER NOT NULL DEFAULT 0,
    rows INTEGER NOT NULL DEFAULT 0,
    total INTEGER,
    moved INTEGER NOT NULL DEFAULT 0,
    grew INTEGER NOT NULL DEFAULT 0,
    odd INTEGER NOT NULL DEFAULT 0,
    newcomers INTEGER NOT NULL DEFAULT 0
);
-- The row numbers of each page, eight bytes each.
CREATE TABLE sweep_page (
    sweep INTEGER NOT NULL REFERENCES sweep (row) ON DELETE CASCADE,
    page INTEGER NOT NULL,
    rows BLOB NOT NULL,
    PRIMARY KEY (sweep, page)
) WITHOUT ROWID;
-- What was changed here meanwhile: pages asked for before that know nothing of it.
CREATE TABLE sweep_touched (
    sweep INTEGER NOT NULL REFERENCES sweep (row) ON DELETE CASCADE,
    identity TEXT NOT NULL,
    PRIMARY KEY (sweep, identity)
) WITHOUT ROWID;
"""


def _item(kind: str) -> str:
    tallies = ",\n    ".join(f"{tally} INTEGER NOT NULL DEFAULT 0" for tally in TALLIES)
    return _ITEM.format(kind=kind, tallies=tallies)


_TABLES = "".join(
    (
        _DROPPED,
        _item("application"),
        _item("entity"),
        _CONFIGURATIONS,
        _READINGS,
        PAIRS,
        tied("association", "associations"),
        tied("strategy", "strategies"),
        tied("criterion", "subscriptions", owner="subscription"),
        tied("number", "numbers"),
        tied("inbound", "inbound"),
        tied("key_link", "keys", owner="api_key"),
        resource("association", "associations", "resource_type", "resource_id"),
        resource("number", "owned", "'NUMBER'", "key", "number"),
        resource("sender", "owned", "type", "id"),
        resource("domain", "owned", "'DOMAIN'", "name"),
    )
)

_ALIASES = "".join(
    # In the order of a list by alias, which then ends with the first screenful.
    f"CREATE INDEX {kind}_alias"
    f" ON {kind} (alias IS NULL, substr(hay, fold_end + 2), hay, fold_end) WHERE there = 1;\n"
    for kind in ("application", "entity")
)

_TOTALS = """
-- How often the mirror was changed.
CREATE TABLE change (number INTEGER NOT NULL);
INSERT INTO change (number) VALUES (0);
-- How many there were of something after so many changes.
CREATE TABLE total (
    what TEXT PRIMARY KEY,
    number INTEGER NOT NULL,
    change INTEGER NOT NULL
) WITHOUT ROWID;
"""

MIGRATIONS = ("", "", _TABLES, _ALIASES, _TOTALS)
"""One script a version; the file's `user_version` counts those it has had. What the first two made is only a
copy of what the platform has, and is dropped and read again."""
