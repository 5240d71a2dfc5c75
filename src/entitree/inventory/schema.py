"""The tables of the mirror."""

from __future__ import annotations

_ITEMS = """
CREATE TABLE {kind} (
    -- A listing holds row numbers: one that is gone must never come to mean another item.
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    alias TEXT,
    addressable INTEGER NOT NULL,
    id_fold TEXT NOT NULL,
    alias_fold TEXT
);
CREATE INDEX {kind}_by_id ON {kind} (id_fold, id);
"""

_CONFIGURATIONS = """
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
CREATE INDEX association_application ON association (application_id, entity_id);
CREATE INDEX association_entity ON association (entity_id, application_id);

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

CREATE TABLE family (
    name TEXT PRIMARY KEY,
    whole INTEGER NOT NULL,
    read_at TEXT,
    problem TEXT
) WITHOUT ROWID;
"""

# Of an older problem nobody knows any more whether it was a failure: the next reading tells.
_FAILED = """
ALTER TABLE family ADD COLUMN failed INTEGER NOT NULL DEFAULT 0;
UPDATE family SET failed = problem IS NOT NULL;
"""

MIGRATIONS = (
    _ITEMS.format(kind="application") + _ITEMS.format(kind="entity") + _CONFIGURATIONS,
    _FAILED,
)
"""One script a version; the file's `user_version` counts those it has had."""
